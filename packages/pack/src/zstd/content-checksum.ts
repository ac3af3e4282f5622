import { MappedRamError } from '@mapped-ram/format/errors';
import createXxhash from 'xxhash-wasm';

const STEP = new Uint8Array(64 * 1024);

type Hasher = Awaited<ReturnType<typeof createXxhash>>;

/** Makes the checksum that zstd keeps of contents: the low 32 bits of XXH64. */
export class ContentChecksum {
  readonly #hasher: Hasher;
  readonly #ofZeros = new Map<number, number>();
  /** Goes through zeros a step at a time, and remembers each. */
  #zeros: ReturnType<Hasher['create64']>;
  #zerosLength = 0;

  private constructor(hasher: Hasher) {
    this.#hasher = hasher;
    this.#zeros = hasher.create64();
  }

  /**
   * Loads the hash function, which is WebAssembly.
   *
   * @throws MappedRamError `platform-unsupported` where there is no room for its memory.
   */
  static async load(): Promise<ContentChecksum> {
    try {
      return new ContentChecksum(await createXxhash());
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      const what =
        'WebAssembly, which makes the checksums of zstd, has no room for its memory: V8 sets 10 GiB of addresses apart for it, and ' +
        'ulimit -v, or LimitAS= of systemd, leaves less';
      throw new MappedRamError('platform-unsupported', { what, cause });
    }
  }

  /** Of some bytes. */
  of(bytes: Uint8Array): number {
    return low32(this.#hasher.h64Raw(bytes));
  }

  /** Of so many zeros. Those of all multiples of 64 KiB take no longer together than that of the largest. */
  ofZeros(lengthBytes: number): number {
    const known = this.#ofZeros.get(lengthBytes);
    if (known !== undefined) return known;
    const rest = lengthBytes % STEP.length;
    if (rest !== 0) return this.#remember(lengthBytes, this.#withRest(lengthBytes - rest, rest));
    while (this.#zerosLength < lengthBytes) {
      this.#zeros.update(STEP);
      this.#zerosLength += STEP.length;
      this.#remember(this.#zerosLength, low32(this.#zeros.digest()));
    }
    return this.#ofZeros.get(lengthBytes) as number;
  }

  #withRest(wholeBytes: number, rest: number): number {
    const hash = this.#hasher.create64();
    for (let done = 0; done < wholeBytes; done += STEP.length) hash.update(STEP);
    return low32(hash.update(STEP.subarray(0, rest)).digest());
  }

  #remember(lengthBytes: number, checksum: number): number {
    this.#ofZeros.set(lengthBytes, checksum);
    return checksum;
  }
}

function low32(hash: bigint): number {
  return Number(hash & 0xffffffffn);
}
