import { MappedRamError } from '@mapped-ram/format';
import type { ByteSource, Extent } from '@mapped-ram/reader';
import type { Codec } from '../codec/codec.js';
import { openPacked } from '../packed-source.js';
import { VERITY_BLOCK_BYTES } from '../seal/verity.js';
import { ContentChecksum } from '../zstd/content-checksum.js';
import { SKIPPABLE_MAGIC, viewOf } from '../zstd/skippable-frame.js';
import { blocksOf, type DeltaHead, decodeDeltaHead, HEAD_KIND } from './delta-head.js';
import { isDelta } from './delta-mark.js';
import { OP_BYTES, type Op, OpKind, opAt } from './ops.js';

/** No head is longer: that of {@link MAX_OPS} that do not compress. */
const MAX_HEAD_BYTES = 512 * 1024 * 1024;

/** A difference that is open. */
export interface OpenDelta {
  readonly head: DeltaHead;
  /** The blocks that are in it, one after another. */
  readonly data: ByteSource;
}

/**
 * Opens a difference.
 *
 * @throws MappedRamError `bad-delta`, `bad-packed-file`, `limit-exceeded`, `read-failed`.
 */
export async function openDelta(file: ByteSource, codec: Codec): Promise<OpenDelta> {
  if (!(await isDelta(file))) {
    throw new MappedRamError('bad-delta', {
      what: 'this is no difference that mr delta made',
      byteOffset: 0,
    });
  }
  const data = await openPacked(file, codec);
  const [last] = data.table.frames(Math.max(0, data.table.frameCount - 1));
  if (last === undefined || last.lengthBytes > 0 || last.packedBytes > MAX_HEAD_BYTES) throw noHead();
  const frame = new Uint8Array(last.packedBytes);
  await file.read(frame, last.packedOffset);
  if (frame.length < 8 || viewOf(frame).getUint32(0, true) !== SKIPPABLE_MAGIC + HEAD_KIND) throw noHead();
  return { head: decodeDeltaHead(frame, codec, await ContentChecksum.load()), data };
}

/** Where a run of blocks comes from. */
interface Run extends Op {
  readonly firstBlock: number;
  /** Of `data` and `xor`, the first block in the difference. */
  readonly dataBlock: number;
}

/**
 * The new file, out of a base and a difference. Its blocks are not held against the digest: whoever reads all does that.
 *
 * @throws MappedRamError `wrong-base` where the base is of another size; `bad-delta`.
 */
export function patchedSource(base: ByteSource, { head, data }: OpenDelta): ByteSource {
  const { next } = head;
  if (base.sizeBytes !== head.base.sizeBytes) {
    throw new MappedRamError('wrong-base', {
      what: 'the difference was made from a base of another size',
      expected: head.base.sizeBytes,
      actual: base.sizeBytes,
    });
  }
  const runs = new Runs(head, data.sizeBytes);
  return {
    name: base.name,
    sizeBytes: next.sizeBytes,
    async read(target, byteOffset) {
      const lengthBytes = Math.max(0, Math.min(target.length, next.sizeBytes - byteOffset));
      const end = byteOffset + lengthBytes;
      for (const run of runs.from(Math.floor(byteOffset / VERITY_BLOCK_BYTES))) {
        const runStart = run.firstBlock * VERITY_BLOCK_BYTES;
        if (runStart >= end) break;
        const from = Math.max(byteOffset, runStart);
        const to = Math.min(end, runStart + run.blockCount * VERITY_BLOCK_BYTES);
        await fill(target.subarray(from - byteOffset, to - byteOffset), from, run, base, data);
      }
      return lengthBytes;
    },
    *dataExtents(fromOffset, toOffset): Iterable<Extent> {
      const end = Math.min(toOffset, next.sizeBytes);
      for (const run of runs.from(Math.floor(fromOffset / VERITY_BLOCK_BYTES))) {
        const byteOffset = Math.max(fromOffset, run.firstBlock * VERITY_BLOCK_BYTES);
        if (byteOffset >= end) return;
        if (run.kind === OpKind.zero) continue;
        const stop = Math.min(end, (run.firstBlock + run.blockCount) * VERITY_BLOCK_BYTES);
        if (run.kind === OpKind.same && base.dataExtents !== undefined)
          yield* base.dataExtents(byteOffset, stop);
        else yield { byteOffset, lengthBytes: stop - byteOffset };
      }
    },
    async close() {
      await data.close();
      await base.close();
    },
  };
}

async function fill(
  target: Uint8Array,
  byteOffset: number,
  run: Run,
  base: ByteSource,
  data: ByteSource,
): Promise<void> {
  const within = byteOffset - run.firstBlock * VERITY_BLOCK_BYTES;
  const readOrZeros = async (source: ByteSource, bytes: Uint8Array, at: number) => {
    bytes.fill(0, await source.read(bytes, at));
  };
  if (run.kind === OpKind.zero) target.fill(0);
  else if (run.kind === OpKind.same) await readOrZeros(base, target, byteOffset);
  else if (run.kind === OpKind.moved) {
    await readOrZeros(base, target, run.baseBlock * VERITY_BLOCK_BYTES + within);
  } else {
    await readOrZeros(data, target, run.dataBlock * VERITY_BLOCK_BYTES + within);
    if (run.kind === OpKind.data) return;
    const before = new Uint8Array(target.length);
    await readOrZeros(base, before, byteOffset);
    for (let index = 0; index < target.length; index++)
      target[index] = (target[index] as number) ^ (before[index] as number);
  }
}

/** The ops of a difference with their places. Every so many are held, and those between counted up. */
class Runs {
  static readonly #STRIDE = 64;
  readonly #ops: DataView;
  readonly #opCount: number;
  /** For each stride: first block, and first block in the data. */
  readonly #strides: Float64Array;

  constructor({ ops, next, base }: DeltaHead, dataBytes: number) {
    this.#ops = viewOf(ops);
    this.#opCount = ops.length / OP_BYTES;
    this.#strides = new Float64Array(2 * (Math.floor(this.#opCount / Runs.#STRIDE) + 1));
    const baseBlocks = blocksOf(base.sizeBytes);
    let firstBlock = 0;
    let dataBlock = 0;
    for (let index = 0; index < this.#opCount; index++) {
      if (index % Runs.#STRIDE === 0) this.#strides.set([firstBlock, dataBlock], (2 * index) / Runs.#STRIDE);
      const op = opAt(this.#ops, index);
      if (op.kind === OpKind.moved && op.baseBlock + op.blockCount > baseBlocks) {
        throw new MappedRamError('bad-delta', {
          what: 'a block comes from outside the base',
          path: `ops[${index}]`,
        });
      }
      firstBlock += op.blockCount;
      if (isStored(op)) dataBlock += op.blockCount;
    }
    if (firstBlock !== blocksOf(next.sizeBytes) || dataBlock * VERITY_BLOCK_BYTES !== dataBytes) {
      throw new MappedRamError('bad-delta', {
        what: 'the parts of the difference do not add up to the new file',
      });
    }
  }

  /** The runs from the one on that a block is in. */
  *from(block: number): Generator<Run, void> {
    let low = 0;
    let high = this.#strides.length / 2 - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      // The stride behind the last op may be unused.
      const isUsed = middle * Runs.#STRIDE < this.#opCount;
      if (isUsed && (this.#strides[2 * middle] as number) <= block) low = middle;
      else high = middle - 1;
    }
    let firstBlock = this.#strides[2 * low] as number;
    let dataBlock = this.#strides[2 * low + 1] as number;
    for (let index = low * Runs.#STRIDE; index < this.#opCount; index++) {
      const op = opAt(this.#ops, index);
      if (firstBlock + op.blockCount > block) yield { ...op, firstBlock, dataBlock };
      firstBlock += op.blockCount;
      if (isStored(op)) dataBlock += op.blockCount;
    }
  }
}

function isStored({ kind }: Op): boolean {
  return kind === OpKind.data || kind === OpKind.xor;
}

function noHead(): MappedRamError {
  return new MappedRamError('bad-delta', { what: 'the difference does not say what it is made of' });
}
