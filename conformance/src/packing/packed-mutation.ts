import type { SparseImage } from '@mapped-ram/fixtures';
import { applyEdits } from '../vector/apply-edits.js';
import type { Edit } from '../vector/edit.js';
import { imageOf } from './packed-store.js';

/** The end of a seek table: number of frames, descriptor, magic number. */
const FOOTER_BYTES = 9;
const ENTRY_BYTES = 12;

/** Places of what an entry of the seek table says, from its start. */
const EntryField = { packedBytes: 0, contentBytes: 4, checksum: 8 } as const;

/** A frame of the unmutated file. */
interface Frame {
  readonly offset: number;
  readonly bytes: Buffer;
  /** What comes out of it. */
  readonly contents: Uint8Array;
  readonly checksum: number;
}

/** What of a frame is to be another. */
interface FrameChange {
  readonly bytes?: Uint8Array;
  readonly contentBytes?: number;
  readonly checksum?: number;
}

/**
 * Damages a packed file and writes down how. Places are those of the unmutated file: where several edits change the length, work from
 * the back to the front.
 */
export class PackedMutation {
  readonly frames: readonly Frame[];
  /** Offset of the seek table, of its first entry, and of its end. */
  readonly tableOffset: number;
  readonly entriesOffset: number;
  readonly footerOffset: number;
  /** By how much the seek table has moved, and its end once more. */
  #tableShift = 0;
  #footerShift = 0;
  readonly #edits: Edit[] = [];
  readonly #image: SparseImage;

  /** What comes out of the file, for whoever takes it. */
  readonly packed: SparseImage;

  /** @param packed What comes out of the unmutated file. */
  constructor(base: Buffer, packed: SparseImage) {
    this.packed = packed.clone();
    this.#image = imageOf(base);
    this.footerOffset = base.length - FOOTER_BYTES;
    const frameCount = base.readUInt32LE(this.footerOffset);
    this.entriesOffset = this.footerOffset - frameCount * ENTRY_BYTES;
    this.tableOffset = this.entriesOffset - 8;
    let offset = 0;
    let contentOffset = 0;
    this.frames = Array.from({ length: frameCount }, (_, index) => {
      const entry = base.subarray(this.entriesOffset + index * ENTRY_BYTES);
      const packedBytes = entry.readUInt32LE(EntryField.packedBytes);
      const contentBytes = entry.readUInt32LE(EntryField.contentBytes);
      const frame = {
        offset,
        bytes: base.subarray(offset, offset + packedBytes),
        contents: packed.bytes(contentOffset, contentBytes),
        checksum: entry.readUInt32LE(EntryField.checksum),
      };
      offset += packedBytes;
      contentOffset += contentBytes;
      return frame;
    });
  }

  /** What was done so far. */
  get edits(): readonly Edit[] {
    return this.#edits;
  }

  /** The damaged file. */
  get image(): SparseImage {
    return this.#image;
  }

  /** A frame of the unmutated file; counted from the end where the index is negative. @throws RangeError */
  frame(index: number): Frame {
    const frame = this.frames.at(index);
    if (frame === undefined) throw new RangeError(`there is no frame ${index}`);
    return frame;
  }

  /** Overwrites. */
  bytes(offset: number, bytes: Uint8Array): void {
    this.#do({ op: 'patch', offset, hex: Buffer.from(bytes).toString('hex') });
  }

  u8(offset: number, value: number): void {
    this.bytes(offset, Uint8Array.of(value));
  }

  u32(offset: number, value: number): void {
    this.bytes(offset, le(4, value));
  }

  insert(offset: number, bytes: Uint8Array): void {
    this.#move(offset, bytes.length);
    this.#do({ op: 'insert', offset, hex: Buffer.from(bytes).toString('hex') });
  }

  /** Takes away what lies in `[offset, end)`. */
  remove(offset: number, end: number): void {
    this.#move(offset, offset - end);
    this.#do({ op: 'remove', offset, length: end - offset });
  }

  truncate(size: number): void {
    this.#do({ op: 'truncate', size });
  }

  /** Writes a number of the seek table's entry of a frame. */
  entry(index: number, field: keyof typeof EntryField, value: number): void {
    this.u32(this.#entryOffset(index) + EntryField[field], value);
  }

  /** Puts another frame in a frame's place, with what the seek table says of it. */
  replaceFrame(index: number, { bytes, contentBytes, checksum }: FrameChange): void {
    const { offset, bytes: before } = this.frame(index);
    if (checksum !== undefined) this.entry(index, 'checksum', checksum);
    if (contentBytes !== undefined) this.entry(index, 'contentBytes', contentBytes);
    if (bytes === undefined) return;
    this.entry(index, 'packedBytes', bytes.length);
    this.remove(offset, offset + before.length);
    this.insert(offset, bytes);
  }

  /** Puts a frame in front of another one, with its entry in the seek table. */
  addFrame(index: number, bytes: Uint8Array, contentBytes: number, checksum: number): void {
    this.#setFrameCount(this.frames.length + 1);
    const entry = Buffer.concat([le(4, bytes.length), le(4, contentBytes), le(4, checksum)]);
    this.insert(this.#entryOffset(index), entry);
    this.insert(this.frame(index).offset, bytes);
  }

  /** Takes a frame away, and its entry from the seek table. */
  removeFrame(index: number): void {
    this.removeEntry(index);
    const { offset, bytes } = this.frame(index);
    this.remove(offset, offset + bytes.length);
  }

  /** Takes a frame's entry from the seek table. */
  removeEntry(index: number): void {
    this.#setFrameCount(this.frames.length - 1);
    const entry = this.#entryOffset(index);
    this.remove(entry, entry + ENTRY_BYTES);
  }

  #entryOffset(index: number): number {
    return this.entriesOffset + this.#tableShift + index * ENTRY_BYTES;
  }

  #setFrameCount(count: number): void {
    this.u32(this.footerOffset + this.#tableShift + this.#footerShift, count);
    this.u32(this.tableOffset + this.#tableShift + 4, count * ENTRY_BYTES + FOOTER_BYTES);
  }

  #move(offset: number, lengthBytes: number): void {
    if (offset < this.tableOffset + this.#tableShift) this.#tableShift += lengthBytes;
    else this.#footerShift += lengthBytes;
  }

  #do(edit: Edit): void {
    applyEdits(this.#image, [edit]);
    this.#edits.push(edit);
  }
}

/** A number as so many little-endian bytes; negative ones as two's complement. */
export function le(lengthBytes: number, value: number | bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)));
  return bytes.subarray(0, lengthBytes);
}
