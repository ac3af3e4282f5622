import { MappedRamError } from '@mapped-ram/format';
import { SKIPPABLE_HEADER_BYTES, SKIPPABLE_MAGIC, skippableFrame, viewOf } from './skippable-frame.js';

/** Kind of the skippable frame that holds the table, as zstd's contrib/seekable_format has it. */
const TABLE_KIND = 14;
const TABLE_MAGIC = 0x8f92eab1;
const CHECKSUM_FLAG = 0x80;
const RESERVED_BITS = 0x7c;

/** Number of frames, descriptor, magic number: the last bytes of the file. */
export const TABLE_FOOTER_BYTES = 9;

/** Of a table with checksums, which every one has that is read here. */
const ENTRY_BYTES = 12;

/** More frames than this are no table that is held in memory: 4 TiB in frames of 256 KiB. */
const MAX_FRAMES = 16 * 1024 * 1024;

/** Frames between two places whose offsets are held; those between are counted up. */
const STRIDE = 256;

/** Where a frame lies, and what comes out of it. */
export interface FramePlace {
  readonly index: number;
  /** Offset and length of the frame in the packed file. */
  readonly packedOffset: number;
  readonly packedBytes: number;
  /** Offset and length of the contents in the file that was packed. A skippable frame has none. */
  readonly byteOffset: number;
  readonly lengthBytes: number;
  /** Low half of the contents' XXH64. */
  readonly checksum: number;
}

/** What the end of a packed file says of its table. */
export interface TableFooter {
  readonly frameCount: number;
  /** Length of the whole skippable frame. */
  readonly tableBytes: number;
}

/**
 * Reads the end of a packed file.
 *
 * @param tail At least its last {@link TABLE_FOOTER_BYTES} bytes.
 * @returns undefined where this is not the end of a seek table.
 * @throws MappedRamError `bad-packed-file`, `limit-exceeded`.
 */
export function readTableFooter(tail: Uint8Array, fileBytes: number): TableFooter | undefined {
  const at = tail.length - TABLE_FOOTER_BYTES;
  if (at < 0) return undefined;
  const view = viewOf(tail);
  if (view.getUint32(at + 5, true) !== TABLE_MAGIC) return undefined;
  const frameCount = view.getUint32(at, true);
  const descriptor = view.getUint8(at + 4);
  const byteOffset = fileBytes - TABLE_FOOTER_BYTES;
  if ((descriptor & RESERVED_BITS) !== 0) throw badTable('has reserved bits set', byteOffset + 4);
  if (frameCount > MAX_FRAMES) {
    throw new MappedRamError('limit-exceeded', {
      what: 'the seek table has too many frames',
      byteOffset,
      expected: `at most ${MAX_FRAMES}`,
      actual: frameCount,
    });
  }
  if ((descriptor & CHECKSUM_FLAG) === 0) {
    throw badTable('has no checksums: mr pack did not make it (zstd -d unpacks such a file)', byteOffset + 4);
  }
  const tableBytes = SKIPPABLE_HEADER_BYTES + frameCount * ENTRY_BYTES + TABLE_FOOTER_BYTES;
  if (tableBytes > fileBytes) throw badTable('is longer than the file', byteOffset, fileBytes, tableBytes);
  return { frameCount, tableBytes };
}

/** The places of all frames of a packed file. */
export class SeekTable {
  readonly frameCount: number;
  /** Length of the file that was packed. */
  readonly sizeBytes: number;
  readonly #entries: DataView;
  /** For each {@link STRIDE}th frame: packed offset, and offset of the contents. */
  readonly #strides: Float64Array;

  /**
   * @param table The skippable frame at the file's end.
   * @param fileBytes Length of the packed file, all of which the frames have to fill.
   * @throws MappedRamError `bad-packed-file`.
   */
  constructor(table: Uint8Array, { frameCount }: TableFooter, fileBytes: number) {
    const view = viewOf(table);
    const tableOffset = fileBytes - table.length;
    const isTable = view.getUint32(0, true) === SKIPPABLE_MAGIC + TABLE_KIND;
    if (!isTable || view.getUint32(4, true) !== table.length - SKIPPABLE_HEADER_BYTES) {
      throw badTable('does not begin where its end says', tableOffset);
    }
    this.frameCount = frameCount;
    this.#entries = new DataView(
      table.buffer,
      table.byteOffset + SKIPPABLE_HEADER_BYTES,
      frameCount * ENTRY_BYTES,
    );
    this.#strides = new Float64Array(2 * (Math.floor(frameCount / STRIDE) + 1));
    let packedOffset = 0;
    let byteOffset = 0;
    for (let index = 0; index < frameCount; index++) {
      if (index % STRIDE === 0) this.#setStride(index / STRIDE, packedOffset, byteOffset);
      packedOffset += this.#packedBytes(index);
      byteOffset += this.#lengthBytes(index);
    }
    if (frameCount % STRIDE === 0) this.#setStride(frameCount / STRIDE, packedOffset, byteOffset);
    if (packedOffset !== tableOffset) {
      throw badTable('does not account for all bytes before it', tableOffset, tableOffset, packedOffset);
    }
    if (!Number.isSafeInteger(byteOffset)) throw badTable('adds up to an impossible size', tableOffset);
    this.sizeBytes = byteOffset;
  }

  /** The frames from one on, in the file's order. */
  *frames(first = 0): Generator<FramePlace, void> {
    const stride = Math.floor(first / STRIDE);
    let packedOffset = this.#strides[2 * stride] ?? 0;
    let byteOffset = this.#strides[2 * stride + 1] ?? 0;
    for (let index = stride * STRIDE; index < this.frameCount; index++) {
      const packedBytes = this.#packedBytes(index);
      const lengthBytes = this.#lengthBytes(index);
      if (index >= first) {
        const checksum = this.#checksum(index);
        yield { index, packedOffset, packedBytes, byteOffset, lengthBytes, checksum };
      }
      packedOffset += packedBytes;
      byteOffset += lengthBytes;
    }
  }

  /** The frames from the one on that holds a byte of the contents. */
  *framesAt(byteOffset: number): Generator<FramePlace, void> {
    let low = 0;
    let high = this.#strides.length / 2 - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#strides[2 * middle + 1] as number) <= byteOffset) low = middle;
      else high = middle - 1;
    }
    for (const frame of this.frames(low * STRIDE)) {
      if (frame.byteOffset + frame.lengthBytes > byteOffset) yield frame;
    }
  }

  #setStride(stride: number, packedOffset: number, byteOffset: number): void {
    this.#strides[2 * stride] = packedOffset;
    this.#strides[2 * stride + 1] = byteOffset;
  }

  #packedBytes(index: number): number {
    return this.#entries.getUint32(index * ENTRY_BYTES, true);
  }

  #lengthBytes(index: number): number {
    return this.#entries.getUint32(index * ENTRY_BYTES + 4, true);
  }

  #checksum(index: number): number {
    return this.#entries.getUint32(index * ENTRY_BYTES + 8, true);
  }
}

/** `XXH64` of nothing, low half: what the table has for skippable frames. */
export const CHECKSUM_OF_NOTHING = 0x51d8e999;

/** Collects the frames of a packed file that is being written. */
export class SeekTableBuilder {
  #entries = new Uint8Array(1024 * ENTRY_BYTES);
  #frameCount = 0;

  /** @throws MappedRamError `limit-exceeded` */
  add(packedBytes: number, lengthBytes: number, checksum: number): void {
    if (this.#frameCount === MAX_FRAMES) {
      throw new MappedRamError('limit-exceeded', {
        what: 'the file has too many frames for a seek table; take larger ones',
        expected: `at most ${MAX_FRAMES}`,
      });
    }
    const at = this.#frameCount * ENTRY_BYTES;
    if (at === this.#entries.length) {
      const larger = new Uint8Array(2 * this.#entries.length);
      larger.set(this.#entries);
      this.#entries = larger;
    }
    const view = viewOf(this.#entries);
    view.setUint32(at, packedBytes, true);
    view.setUint32(at + 4, lengthBytes, true);
    view.setUint32(at + 8, checksum, true);
    this.#frameCount++;
  }

  /** The skippable frame for the file's end. */
  build(): Uint8Array {
    const footer = new Uint8Array(TABLE_FOOTER_BYTES);
    const view = viewOf(footer);
    view.setUint32(0, this.#frameCount, true);
    view.setUint8(4, CHECKSUM_FLAG);
    view.setUint32(5, TABLE_MAGIC, true);
    return skippableFrame(TABLE_KIND, this.#entries.subarray(0, this.#frameCount * ENTRY_BYTES), footer);
  }
}

/** What is wrong with a seek table. */
function badTable(what: string, byteOffset: number, expected?: number, actual?: number): MappedRamError {
  return new MappedRamError('bad-packed-file', {
    what: `the seek table ${what}`,
    byteOffset,
    expected,
    actual,
  });
}
