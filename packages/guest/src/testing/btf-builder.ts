import { BtfKind } from '../types/btf.js';

/** Makes types as a kernel has them. */
export class BtfBuilder {
  readonly #strings: number[] = [0];
  readonly #types: number[] = [];
  #count = 0;

  /** An integer. @returns Its id, as all do */
  int(name: string, bytes: number, encoding = 0): number {
    return this.#add(name, BtfKind.int, 0, bytes, [(encoding << 24) | (8 * bytes)]);
  }

  /** A pointer, typedef or qualifier. */
  of(kind: number, typeId: number, name = ''): number {
    return this.#add(name, kind, 0, typeId, []);
  }

  array(typeId: number, count: number): number {
    return this.#add('', BtfKind.array, 0, 0, [typeId, typeId, count]);
  }

  enum(name: string, values: readonly (readonly [name: string, value: number])[], signed = false): number {
    const words = values.flatMap(([value, number]) => [this.#string(value), number]);
    return this.#add(name, BtfKind.enum, values.length + (signed ? 2 ** 31 : 0), 4, words);
  }

  /** @param members Their names, types and places in bits; and how many bits they are, of bit fields. */
  struct(
    name: string,
    bytes: number,
    members: readonly (readonly [name: string, typeId: number, bitOffset: number, bitLength?: number])[],
    kind: number = BtfKind.struct,
  ): number {
    const words = members.flatMap(([member, typeId, bitOffset, bitLength = 0]) => [
      this.#string(member),
      typeId,
      bitOffset | (bitLength << 24),
    ]);
    return this.#add(name, kind, members.length + 2 ** 31, bytes, words);
  }

  /** A record of any kind, right or wrong. */
  raw(kind: number, memberCount: number, words: readonly number[]): number {
    return this.#add('', kind, memberCount, 0, words);
  }

  build(): Uint8Array {
    const types = new Uint8Array(Uint32Array.from(this.#types).buffer);
    const head = new DataView(new ArrayBuffer(24));
    head.setUint16(0, 0xeb9f, true);
    head.setUint8(2, 1);
    [24, 0, types.length, types.length, this.#strings.length].forEach((word, index) => {
      head.setUint32(4 + 4 * index, word, true);
    });
    return Uint8Array.from([...new Uint8Array(head.buffer), ...types, ...this.#strings]);
  }

  #add(
    name: string,
    kind: number,
    memberCount: number,
    sizeOrType: number,
    words: readonly number[],
  ): number {
    this.#types.push(this.#string(name), (kind << 24) + memberCount, sizeOrType, ...words);
    return ++this.#count;
  }

  #string(text: string): number {
    if (text === '') return 0;
    const at = this.#strings.length;
    this.#strings.push(...new TextEncoder().encode(`${text}\0`));
    return at;
  }
}
