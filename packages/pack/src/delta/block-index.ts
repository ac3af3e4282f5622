/** Blocks that are remembered: of a base of 16 GiB all, of a larger one the first ones. It takes 64 MiB then. */
const MAX_BLOCKS = 4 * 1024 * 1024;

/** Finds blocks by their hash. It may find others, so that what it finds has to be compared. */
export class BlockIndex {
  readonly #slots: number;
  readonly #keys: Uint32Array;
  /** Block + 1; 0 where there is none. */
  readonly #blocks: Float64Array;
  #count = 0;

  /** @param blockCount How many there will be, at most */
  constructor(blockCount: number) {
    this.#slots = 2 ** Math.ceil(Math.log2(Math.max(16, Math.min(blockCount, MAX_BLOCKS)) * 1.3));
    this.#keys = new Uint32Array(this.#slots);
    this.#blocks = new Float64Array(this.#slots);
  }

  /** Remembers a block, if there is room and none of its hash is there. */
  add(hash: Uint8Array, block: number): void {
    if (this.#count >= MAX_BLOCKS || this.#count * 1.2 >= this.#slots) return;
    const key = keyOf(hash);
    for (let slot = slotOf(hash) % this.#slots; ; slot = (slot + 1) % this.#slots) {
      if (this.#blocks[slot] === 0) {
        this.#keys[slot] = key;
        this.#blocks[slot] = block + 1;
        this.#count++;
        return;
      }
      if (this.#keys[slot] === key) return;
    }
  }

  /** A block that probably has this hash. */
  find(hash: Uint8Array): number | undefined {
    const key = keyOf(hash);
    for (let slot = slotOf(hash) % this.#slots; this.#blocks[slot] !== 0; slot = (slot + 1) % this.#slots) {
      if (this.#keys[slot] === key) return (this.#blocks[slot] as number) - 1;
    }
    return undefined;
  }
}

function keyOf(hash: Uint8Array): number {
  return word(hash, 0);
}

function slotOf(hash: Uint8Array): number {
  return word(hash, 4);
}

function word(hash: Uint8Array, at: number): number {
  return new DataView(hash.buffer, hash.byteOffset).getUint32(at, true);
}
