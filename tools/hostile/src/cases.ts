import type { SparseImage } from '@mapped-ram/fixtures';
import { openSnapshot } from '@mapped-ram/reader';
import { Random } from './random.js';

/** A damaged capture. */
export interface HostileCase {
  /** How it came about, enough to make it again. */
  readonly name: string;
  readonly image: SparseImage;
}

/** How many cases of each kind to make of one capture. */
export interface CaseCounts {
  /** Cut after every so many bytes of the first 8 KiB; 1 cuts everywhere. */
  readonly headStep: number;
  readonly cuts: number;
  readonly changes: number;
}

const HEAD_BYTES = 8192;

/** Values that break arithmetic which does not expect them. */
const EDGE_VALUES = [0n, 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 53n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n];

/**
 * Damages a capture in every way that the counts ask for: cut short, single bytes changed and 64-bit values overwritten
 * wherever no page lies (headers, tables, bitmaps, device state). The same seed gives the same cases.
 */
export async function* hostileCases(
  capture: SparseImage,
  streamOffset: number,
  counts: CaseCounts,
  seed: number,
): AsyncGenerator<HostileCase> {
  const random = new Random(seed);
  const structure = await structureOf(capture, streamOffset);
  for (let size = 0; size < Math.min(HEAD_BYTES, capture.sizeBytes); size += counts.headStep) {
    yield { name: `cut to ${size}`, image: capture.clone().truncate(size) };
  }
  for (let index = 0; index < counts.cuts; index++) {
    const size =
      random.below(2) === 0
        ? random.below(capture.sizeBytes)
        : structure.at(random.below(structure.lengthBytes));
    yield { name: `cut to ${size}`, image: capture.clone().truncate(size) };
  }
  for (let index = 0; index < counts.changes; index++) {
    const byteOffset = structure.at(random.below(structure.lengthBytes));
    const bytes =
      random.below(4) === 0 ? bigEndian64(random.pick(EDGE_VALUES)) : Uint8Array.of(random.below(256));
    const text = Buffer.from(bytes).toString('hex');
    yield { name: `0x${text} at ${byteOffset}`, image: capture.clone().patch(byteOffset, bytes) };
  }
}

/** The bytes of a file that are not pages, as if they lay in one piece. */
class Structure {
  readonly lengthBytes: number;
  readonly #pieces: readonly (readonly [start: number, end: number])[];

  constructor(pieces: readonly (readonly [number, number])[]) {
    this.#pieces = pieces;
    this.lengthBytes = pieces.reduce((sum, [start, end]) => sum + end - start, 0);
  }

  /** Offset in the file of a byte of the structure. */
  at(index: number): number {
    let rest = index;
    for (const [start, end] of this.#pieces) {
      if (rest < end - start) return start + rest;
      rest -= end - start;
    }
    throw new RangeError(`the structure has ${this.lengthBytes} bytes, not ${index}`);
  }
}

async function structureOf(capture: SparseImage, streamOffset: number): Promise<Structure> {
  const { ramBlocks } = await openSnapshot(capture, { tolerant: true, streamOffset });
  const pieces: [number, number][] = [];
  let start = 0;
  for (const { bitmapOffset, bitmapLengthBytes, pagesOffset, usedLength, ignored } of ramBlocks) {
    if (ignored) continue;
    // The padding between bitmap and pages says nothing.
    pieces.push([start, bitmapOffset + bitmapLengthBytes]);
    start = pagesOffset + usedLength;
  }
  pieces.push([start, capture.sizeBytes]);
  return new Structure(pieces);
}

function bigEndian64(value: bigint): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, value);
  return new Uint8Array(view.buffer);
}
