import { MappedRamError } from '@mapped-ram/format';
import type { ByteSource } from '@mapped-ram/reader';
import { readZeroFilled } from '../read-part.js';
import type { Qcow2Header } from './header.js';

const ENTRY_BYTES = 8;

/** The bits of an entry below those of an offset (REFT_OFFSET_MASK of QEMU 11.1, block/qcow2.h). */
const RESERVED = 511n;

/** The most that QEMU counts in 64 bits (`refcount_max` of QEMU 11.1, block/qcow2.c). */
const MOST_IN_64_BITS = 2n ** 63n - 1n;

/** The counts of the references to clusters, which QEMU changes where it loads a snapshot (QEMU 11.1, block/qcow2-refcount.c). */
export class ReferenceCounts {
  readonly #source: ByteSource;
  readonly #countBits: number;
  readonly #clusterBits: number;
  /** Where the blocks with the counts lie; 0 where there is none. */
  readonly blockOffsets: Float64Array;
  #block: DataView | undefined;
  #blockIndex = -1;

  private constructor(source: ByteSource, header: Qcow2Header, blockOffsets: Float64Array) {
    this.#source = source;
    this.#countBits = header.references.countBits;
    this.#clusterBits = header.clusterBits;
    this.blockOffsets = blockOffsets;
  }

  /**
   * Reads where the counts lie. An image loses them where it is cut off: QEMU takes what is missing for zeros then, so that everything is free,
   * and refuses its own write over the header when it loads a snapshot.
   *
   * @throws MappedRamError `bad-disk-image`, `read-failed`.
   */
  static async open(source: ByteSource, header: Qcow2Header): Promise<ReferenceCounts> {
    const { offset, lengthBytes } = header.references;
    const bytes = await readZeroFilled(source, offset, lengthBytes);
    const view = new DataView(bytes.buffer);
    const blockOffsets = new Float64Array(lengthBytes / ENTRY_BYTES);
    for (let index = 0; index < blockOffsets.length; index++) {
      const at = index * ENTRY_BYTES;
      // Most entries are empty, and no bigint is made for them.
      if (view.getUint32(at) === 0 && view.getUint32(at + 4) === 0 && at > 0) continue;
      const block = view.getBigUint64(at) & ~RESERVED;
      if (block === 0n && at > 0) continue;
      const fault = faultOfBlock(block, source.sizeBytes, 2 ** header.clusterBits);
      if (fault !== undefined) {
        const path = `qcow2.references[${index}]`;
        throw new MappedRamError('bad-disk-image', {
          what: fault,
          byteOffset: offset + at,
          path,
          actual: block,
        });
      }
      blockOffsets[index] = Number(block);
    }
    return new ReferenceCounts(source, header, blockOffsets);
  }

  /**
   * Whether a cluster of a stretch has as many references as can be counted.
   *
   * @returns the byte offset of the first one that has; undefined where none does.
   */
  async findFull(byteOffset: number, lengthBytes: number): Promise<number | undefined> {
    const clusterBytes = 2 ** this.#clusterBits;
    const end = Math.ceil((byteOffset + lengthBytes) / clusterBytes);
    for (let cluster = Math.floor(byteOffset / clusterBytes); cluster < end; ) {
      const blockEnd = Math.min(end, this.#endOfBlock(cluster));
      const block = await this.#blockOf(cluster);
      for (; block !== undefined && cluster < blockEnd; cluster++)
        if (this.#useAt(block, cluster) === 'full') return cluster * clusterBytes;
      cluster = blockEnd;
    }
    return undefined;
  }

  /** The byte offset of the first cluster of a stretch that no block counts references to; undefined where all are counted. */
  findUncounted(byteOffset: number, lengthBytes: number): number | undefined {
    const clusterBytes = 2 ** this.#clusterBits;
    const blockBytes = this.#perBlock * clusterBytes;
    for (
      let at = byteOffset;
      at < byteOffset + lengthBytes;
      at = (Math.floor(at / blockBytes) + 1) * blockBytes
    )
      if ((this.blockOffsets[Math.floor(at / blockBytes)] ?? 0) === 0) return at - (at % clusterBytes);
    return undefined;
  }

  /** Where QEMU takes clusters in a row: the first ones that count as free. Behind the end of the image all are. */
  async findFree(lengthBytes: number): Promise<number> {
    const clusterBytes = 2 ** this.#clusterBits;
    const wanted = Math.ceil(lengthBytes / clusterBytes);
    const end = Math.ceil(this.#source.sizeBytes / clusterBytes);
    let first = 0;
    for (let cluster = 0; cluster < end && cluster - first < wanted; ) {
      const blockEnd = Math.min(end, this.#endOfBlock(cluster));
      const block = await this.#blockOf(cluster);
      for (; cluster < blockEnd && cluster - first < wanted; cluster++)
        if (block !== undefined && this.#useAt(block, cluster) !== 'free') first = cluster + 1;
    }
    return first * clusterBytes;
  }

  get #perBlock(): number {
    return (2 ** this.#clusterBits * 8) / this.#countBits;
  }

  #endOfBlock(cluster: number): number {
    return (Math.floor(cluster / this.#perBlock) + 1) * this.#perBlock;
  }

  async #blockOf(cluster: number): Promise<DataView | undefined> {
    const index = Math.floor(cluster / this.#perBlock);
    if (index === this.#blockIndex) return this.#block;
    const offset = this.blockOffsets[index] ?? 0;
    const bytes =
      offset === 0 ? undefined : await readZeroFilled(this.#source, offset, 2 ** this.#clusterBits);
    this.#block = bytes && new DataView(bytes.buffer);
    this.#blockIndex = index;
    return this.#block;
  }

  #useAt(block: DataView, cluster: number): 'free' | 'counted' | 'full' {
    const bits = this.#countBits;
    const index = cluster % this.#perBlock;
    if (bits === 64) {
      const count = block.getBigUint64(index * 8);
      return count === 0n ? 'free' : count < MOST_IN_64_BITS ? 'counted' : 'full';
    }
    let count: number;
    if (bits === 16) count = block.getUint16(index * 2);
    else if (bits === 32) count = block.getUint32(index * 4);
    else {
      const perByte = 8 / bits;
      const byte = block.getUint8(Math.floor(index / perByte));
      count = (byte >>> ((index % perByte) * bits)) & (2 ** bits - 1);
    }
    return count === 0 ? 'free' : count < 2 ** bits - 1 ? 'counted' : 'full';
  }
}

/** An image always counts the references to its header, with which the first block begins: that one is always there. */
function faultOfBlock(block: bigint, sizeBytes: number, clusterBytes: number): string | undefined {
  if (block === 0n || block >= BigInt(sizeBytes))
    return 'the disk image has lost its reference counts, or a part of them: it may be cut off';
  if (block % BigInt(clusterBytes) !== 0n) return 'a block of reference counts is not where one can be';
  return undefined;
}
