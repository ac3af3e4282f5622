import type { ByteSource } from '@mapped-ram/reader';
import { type Codec, frameBound } from '../codec/codec.js';
import { type ByteSink, PackedWriter } from '../pack/packed-writer.js';
import { type HashOptions, hashSource } from '../seal/hash-source.js';
import { VERITY_BLOCK_BYTES, VerityTree } from '../seal/verity.js';
import type { ContentChecksum } from '../zstd/content-checksum.js';
import { BlockIndex } from './block-index.js';
import { blocksOf, encodeDeltaHead, type KnownFile } from './delta-head.js';
import { deltaMark } from './delta-mark.js';
import { OpKind, OpList } from './ops.js';

/** Data that is packed together. */
const FRAME_BYTES = 256 * 1024;

/** How to make a difference. */
export interface DeltaMaking extends HashOptions {
  readonly codec: Codec;
  readonly checksum: ContentChecksum;
  readonly level: number;
}

/** What a difference holds, in blocks of 4 KiB. */
export interface DeltaReport {
  readonly base: KnownFile;
  readonly next: KnownFile;
  /** At the same place of the base; elsewhere in it; zero; in the difference. */
  readonly sameBlocks: number;
  readonly movedBlocks: number;
  readonly zeroBlocks: number;
  readonly storedBlocks: number;
  /** Length of the difference. */
  readonly packedBytes: number;
}

/** A block of the new file that waits to be compared. */
interface Waiting {
  readonly index: number;
  readonly hash: Uint8Array;
  readonly bytes: Uint8Array;
}

/**
 * Writes the difference between two files: of every block whether it is in the base, and those that are not.
 *
 * @throws MappedRamError `read-failed`, `limit-exceeded`; what the sink throws; the signal's reason.
 */
export async function makeDelta(
  base: ByteSource,
  next: ByteSource,
  sink: ByteSink,
  { codec, checksum, level, ...options }: DeltaMaking,
): Promise<DeltaReport> {
  const { known, index } = await indexBase(base, options);
  const writer = new PackedWriter(sink, FRAME_BYTES, checksum);
  await writer.skippable(deltaMark);
  const data = new DataFrames(writer, codec, level);
  const ops = new OpList();
  const tree = new VerityTree();
  const counts = { sameBlocks: 0, movedBlocks: 0, zeroBlocks: 0, storedBlocks: 0 };
  let waiting: (Waiting | number)[] = [];
  const other = Buffer.alloc(VERITY_BLOCK_BYTES);
  const piece = Buffer.alloc(1024 * 1024);

  const place = async ({ index: block, hash, bytes }: Waiting, before: Buffer): Promise<void> => {
    if (before.equals(bytes)) {
      counts.sameBlocks++;
      return ops.push(OpKind.same, 1);
    }
    const found = index.find(hash);
    if (found !== undefined && (await readBlock(base, found, other)).equals(bytes)) {
      counts.movedBlocks++;
      return ops.push(OpKind.moved, 1, found);
    }
    counts.storedBlocks++;
    const isAlike =
      block < blocksOf(base.sizeBytes) && countEqualWords(before, bytes) >= VERITY_BLOCK_BYTES / 8;
    ops.push(isAlike ? OpKind.xor : OpKind.data, 1);
    await data.push(isAlike ? xor(before, bytes) : bytes);
  };

  await hashSource(
    next,
    {
      block(block, hash, bytes) {
        tree.push(hash);
        waiting.push({ index: block, hash, bytes });
      },
      zeros(_block, count) {
        tree.pushZeros(count);
        waiting.push(count);
      },
      async settle() {
        const ready = waiting;
        waiting = [];
        const blocks = ready.filter((one): one is Waiting => typeof one !== 'number');
        const first = blocks[0]?.index ?? 0;
        const last = blocks.at(-1)?.index ?? -1;
        const held = piece.subarray(0, (last - first + 1) * VERITY_BLOCK_BYTES);
        if (held.length > 0) held.fill(0, await base.read(held, first * VERITY_BLOCK_BYTES));
        for (const one of ready) {
          if (typeof one === 'number') {
            counts.zeroBlocks += one;
            ops.push(OpKind.zero, one);
            continue;
          }
          const at = (one.index - first) * VERITY_BLOCK_BYTES;
          await place(one, held.subarray(at, at + VERITY_BLOCK_BYTES));
        }
      },
    },
    options,
  );
  await data.end();
  const nextFile = { sizeBytes: next.sizeBytes, digest: tree.digest(next.sizeBytes) };
  await writer.skippable(
    encodeDeltaHead({ base: known, next: nextFile, ops: ops.encode() }, codec, checksum, level),
  );
  return { base: known, next: nextFile, ...counts, packedBytes: await writer.finish() };
}

/** Hashes the base, and remembers where its blocks are. */
async function indexBase(
  base: ByteSource,
  { signal }: HashOptions,
): Promise<{ known: KnownFile; index: BlockIndex }> {
  const tree = new VerityTree();
  const index = new BlockIndex(blocksOf(base.sizeBytes));
  await hashSource(
    base,
    {
      block(block, hash) {
        tree.push(hash);
        index.add(hash, block);
      },
      zeros: (_block, count) => tree.pushZeros(count),
    },
    { signal },
  );
  return { known: { sizeBytes: base.sizeBytes, digest: tree.digest(base.sizeBytes) }, index };
}

/** Packs blocks, some together. */
class DataFrames {
  readonly #writer: PackedWriter;
  readonly #codec: Codec;
  readonly #level: number;
  readonly #contents = new Uint8Array(FRAME_BYTES);
  readonly #room = new Uint8Array(frameBound(FRAME_BYTES));
  #filled = 0;

  constructor(writer: PackedWriter, codec: Codec, level: number) {
    this.#writer = writer;
    this.#codec = codec;
    this.#level = level;
  }

  async push(block: Uint8Array): Promise<void> {
    this.#contents.set(block, this.#filled);
    this.#filled += block.length;
    if (this.#filled === FRAME_BYTES) await this.end();
  }

  async end(): Promise<void> {
    if (this.#filled === 0) return;
    const contents = this.#contents.subarray(0, this.#filled);
    const length = this.#codec.compress(contents, this.#level, this.#room);
    const bytes = this.#room.slice(0, length);
    await this.#writer.piece({ lengthBytes: contents.length, packedBytes: Uint32Array.of(length), bytes });
    this.#filled = 0;
  }
}

async function readBlock(source: ByteSource, block: number, target: Buffer): Promise<Buffer> {
  target.fill(0, await source.read(target, block * VERITY_BLOCK_BYTES));
  return target;
}

function countEqualWords(a: Uint8Array, b: Uint8Array): number {
  const [left, right] = [wordsOf(a), wordsOf(b)];
  let count = 0;
  for (let index = 0; index < left.length; index++) if (left[index] === right[index]) count++;
  return count;
}

function xor(a: Uint8Array, b: Uint8Array): Uint8Array {
  const result = new Uint32Array(VERITY_BLOCK_BYTES / 4);
  const [left, right] = [wordsOf(a), wordsOf(b)];
  for (let index = 0; index < result.length; index++) {
    result[index] = (left[index] as number) ^ (right[index] as number);
  }
  return new Uint8Array(result.buffer);
}

/** Blocks lie at multiples of their size in memory of their own. */
function wordsOf({ buffer, byteOffset, byteLength }: Uint8Array): Uint32Array {
  return new Uint32Array(buffer, byteOffset, byteLength / 4);
}
