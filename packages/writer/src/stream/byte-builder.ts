import { Limits } from '@mapped-ram/format';

/** Puts the fields of the stream one after another: big-endian, as QEMU does (migration/qemu-file.c, `qemu_put_be*`). */
export class ByteBuilder {
  readonly #bytes: number[] = [];

  u8(value: number): this {
    this.#bytes.push(value & 0xff);
    return this;
  }

  be16(value: number): this {
    return this.u8(value >>> 8).u8(value);
  }

  be32(value: number): this {
    return this.be16(value >>> 16).be16(value);
  }

  be64(value: number | bigint): this {
    const exact = BigInt(value);
    return this.be32(Number(exact >> 32n)).be32(Number(exact & 0xffff_ffffn));
  }

  bytes(bytes: Iterable<number>): this {
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }

  /**
   * A name with its length in a byte before it.
   *
   * @throws RangeError where it is longer than 255 bytes.
   */
  name(text: string): this {
    const encoded = new TextEncoder().encode(text);
    if (encoded.length > Limits.idstrLengthBytes) {
      throw new RangeError(`${JSON.stringify(text)} is longer than ${Limits.idstrLengthBytes} bytes`);
    }
    return this.u8(encoded.length).bytes(encoded);
  }

  /** A copy of what was put. */
  build(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}
