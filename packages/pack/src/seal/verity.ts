import { hash } from 'node:crypto';

/** What fs-verity hashes together, here: its default. */
export const VERITY_BLOCK_BYTES = 4096;

/** SHA-256. */
export const HASH_BYTES = 32;

const HASHES_PER_BLOCK = VERITY_BLOCK_BYTES / HASH_BYTES;

/** `struct fsverity_descriptor` of include/uapi/linux/fsverity.h (Linux 5.4). */
const DESCRIPTOR_BYTES = 256;
const DescriptorOffset = { version: 0, algorithm: 1, logBlockSize: 2, dataSize: 8, rootHash: 16 } as const;
const ALGORITHM_SHA256 = 1;

/** The hash of a block. A partial one is filled up with zeros before. */
export function hashBlock(block: Uint8Array): Buffer {
  // As text of one byte a character: quicker than a buffer, for which Node allocates memory of its own.
  return Buffer.from(hash('sha256', block, 'binary'), 'binary');
}

/** A level of the tree: hashes that have no block of their own yet. */
class Level {
  readonly block = Buffer.alloc(VERITY_BLOCK_BYTES);
  filled = 0;
  /** How many hashes this level has had. */
  count = 0;
}

/**
 * The Merkle tree of fs-verity over hashes of blocks that come one after another: SHA-256, blocks of 4 KiB, no salt. It keeps one
 * block a level, whatever the size of the file, and a run of zero blocks costs next to nothing.
 */
export class VerityTree {
  readonly #levels: Level[] = [];
  /** On each level the hash over nothing but zero blocks. */
  readonly #zeroHashes: Buffer[] = [hashBlock(Buffer.alloc(VERITY_BLOCK_BYTES))];

  /** The hash of a block of zeros. */
  get zeroHash(): Buffer {
    return this.#zeroHashes[0] as Buffer;
  }

  /** Takes in the hash of the next block. */
  push(blockHash: Uint8Array): void {
    this.#push(0, blockHash);
  }

  /** Takes in so many blocks of zeros. */
  pushZeros(blockCount: number): void {
    this.#pushZeros(0, blockCount);
  }

  /**
   * The digest of the file, as `fsverity digest` prints it and the kernel measures it.
   *
   * @param sizeBytes Of the file, whose every block was taken in.
   */
  digest(sizeBytes: number): Buffer {
    const descriptor = Buffer.alloc(DESCRIPTOR_BYTES);
    descriptor.writeUInt8(1, DescriptorOffset.version);
    descriptor.writeUInt8(ALGORITHM_SHA256, DescriptorOffset.algorithm);
    descriptor.writeUInt8(Math.log2(VERITY_BLOCK_BYTES), DescriptorOffset.logBlockSize);
    descriptor.writeBigUInt64LE(BigInt(sizeBytes), DescriptorOffset.dataSize);
    this.#root().copy(descriptor, DescriptorOffset.rootHash);
    return hashBlock(descriptor);
  }

  /** The hash over all; zeros for an empty file. */
  #root(): Buffer {
    for (let index = 0; index < this.#levels.length; index++) {
      const level = this.#level(index);
      if (level.count === 1) return level.block.subarray(0, HASH_BYTES);
      if (level.filled > 0) this.#flush(index);
    }
    return Buffer.alloc(HASH_BYTES);
  }

  #push(index: number, blockHash: Uint8Array): void {
    const level = this.#level(index);
    level.block.set(blockHash, level.filled * HASH_BYTES);
    level.filled++;
    level.count++;
    if (level.filled === HASHES_PER_BLOCK) this.#flush(index);
  }

  #pushZeros(index: number, count: number): void {
    const level = this.#level(index);
    let left = count;
    for (; left > 0 && level.filled > 0; left--) this.#push(index, this.#zeroHash(index));
    const whole = Math.floor(left / HASHES_PER_BLOCK);
    if (whole > 0) {
      level.count += whole * HASHES_PER_BLOCK;
      this.#pushZeros(index + 1, whole);
    }
    for (left %= HASHES_PER_BLOCK; left > 0; left--) this.#push(index, this.#zeroHash(index));
  }

  #flush(index: number): void {
    const level = this.#level(index);
    level.block.fill(0, level.filled * HASH_BYTES);
    level.filled = 0;
    this.#push(index + 1, hashBlock(level.block));
  }

  #level(index: number): Level {
    while (this.#levels.length <= index) this.#levels.push(new Level());
    return this.#levels[index] as Level;
  }

  #zeroHash(index: number): Buffer {
    while (this.#zeroHashes.length <= index) {
      const below = this.#zeroHashes.at(-1) as Buffer;
      this.#zeroHashes.push(hashBlock(Buffer.concat(new Array(HASHES_PER_BLOCK).fill(below))));
    }
    return this.#zeroHashes[index] as Buffer;
  }
}
