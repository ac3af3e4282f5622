import { MappedRamError } from '@mapped-ram/format';
import type { OpenSeal, SealRecord } from './seal.js';
import { HASH_BYTES, VERITY_BLOCK_BYTES, VerityTree } from './verity.js';

/** The hashes of a seal, which are read along with the file. */
export class SealedHashes {
  readonly #seal: OpenSeal;
  readonly #records: AsyncGenerator<SealRecord, void, undefined>;
  readonly #tree = new VerityTree();
  #record: SealRecord | undefined;
  /** The first block that the tree has not had. */
  #next = 0;

  constructor(seal: OpenSeal) {
    this.#seal = seal;
    this.#records = seal.records();
  }

  /** Whether a block, which is not zero, has this hash. Blocks are asked for in their order. */
  async isAt(index: number, hash: Uint8Array): Promise<boolean> {
    const record = await this.#recordFor(index);
    if (record === undefined || index < record.firstBlock) return false;
    const at = (index - record.firstBlock) * HASH_BYTES;
    return Buffer.compare(record.hashes.subarray(at, at + HASH_BYTES), hash) === 0;
  }

  /** The blocks of a stretch that were not zero. */
  async nonZeroIn(from: number, to: number): Promise<number[]> {
    const found: number[] = [];
    for (let at = from; at < to; ) {
      const record = await this.#recordFor(at);
      if (record === undefined || record.firstBlock >= to) return found;
      const end = Math.min(to, endOf(record));
      for (let index = Math.max(at, record.firstBlock); index < end; index++) found.push(index);
      at = end;
    }
    return found;
  }

  /** @throws MappedRamError `bad-seal` where the hashes are not those of the digest */
  async finish(): Promise<void> {
    const { sizeBytes, digest } = this.#seal;
    const blockCount = Math.ceil(sizeBytes / VERITY_BLOCK_BYTES);
    while ((await this.#recordFor(blockCount)) !== undefined);
    if (blockCount > this.#next) this.#tree.pushZeros(blockCount - this.#next);
    if (Buffer.compare(this.#tree.digest(sizeBytes), digest) === 0) return;
    throw new MappedRamError('bad-seal', { what: 'the hashes in the seal are not those of its digest' });
  }

  /** The record that holds a block, or else the next one. */
  async #recordFor(index: number): Promise<SealRecord | undefined> {
    while (this.#record === undefined || endOf(this.#record) <= index) {
      const step = await this.#records.next();
      if (step.done === true) return undefined;
      this.#record = step.value;
      const { firstBlock, hashes } = step.value;
      this.#tree.pushZeros(firstBlock - this.#next);
      for (let at = 0; at < hashes.length; at += HASH_BYTES)
        this.#tree.push(hashes.subarray(at, at + HASH_BYTES));
      this.#next = endOf(step.value);
    }
    return this.#record;
  }
}

function endOf({ firstBlock, hashes }: SealRecord): number {
  return firstBlock + hashes.length / HASH_BYTES;
}
