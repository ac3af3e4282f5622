import type { SparseImage } from '@mapped-ram/fixtures';
import type { StreamModel } from '@mapped-ram/reader';
import { applyEdits } from '../vector/apply-edits.js';
import type { Edit } from '../vector/edit.js';
import { Places } from './places.js';

/**
 * Damages a capture and writes down how. Places are those of the unmutated capture: where several edits change the
 * length, work from the back to the front. All numbers are written big-endian.
 */
export class Mutation extends Places {
  readonly #edits: Edit[] = [];
  readonly #base: SparseImage;
  readonly #image: SparseImage;

  constructor(base: SparseImage, model: StreamModel) {
    super(model);
    this.#base = base;
    this.#image = base.clone();
  }

  /** What was done so far. */
  get edits(): readonly Edit[] {
    return this.#edits;
  }

  /** The damaged file. */
  get image(): SparseImage {
    return this.#image;
  }

  /** Size of the unmutated capture, in bytes. */
  get sizeBytes(): number {
    return this.#base.sizeBytes;
  }

  /** A copy of bytes of the unmutated capture. */
  original(offset: number, length: number): Uint8Array {
    return this.#base.bytes(offset, length);
  }

  /** Offset of the first place of a text in the unmutated capture, from an offset on. @throws RangeError */
  find(text: string, from: number): number {
    const at = Buffer.from(this.#base.bytes(from, this.#base.sizeBytes - from)).indexOf(text, 0, 'latin1');
    if (at < 0) throw new RangeError(`the capture has no "${text}" after ${from}`);
    return from + at;
  }

  u8(offset: number, value: number): void {
    this.bytes(offset, Uint8Array.of(value));
  }

  u32(offset: number, value: number): void {
    this.bytes(offset, be(4, value));
  }

  u64(offset: number, value: bigint | number): void {
    this.bytes(offset, be(8, value));
  }

  /** Overwrites; text is written as it is, without a length. */
  bytes(offset: number, bytes: Uint8Array | string): void {
    this.#do({ op: 'patch', offset, hex: hex(bytes) });
  }

  insert(offset: number, bytes: Uint8Array | string): void {
    this.#do({ op: 'insert', offset, hex: hex(bytes) });
  }

  append(bytes: Uint8Array | string): void {
    this.insert(this.#image.sizeBytes, bytes);
  }

  insertZeros(offset: number, length: number): void {
    this.#do({ op: 'insert-zeros', offset, length });
  }

  /** Inserts at `to` a copy of what lies in `[offset, end)`. */
  copy(offset: number, end: number, to: number): void {
    this.#do({ op: 'copy', offset, length: end - offset, to });
  }

  /** Takes away what lies in `[offset, end)`. */
  remove(offset: number, end: number): void {
    this.#do({ op: 'remove', offset, length: end - offset });
  }

  /** Makes a hole of what lies in `[offset, end)`. */
  zero(offset: number, end: number): void {
    this.#do({ op: 'zero', offset, length: end - offset });
  }

  truncate(size: number): void {
    this.#do({ op: 'truncate', size });
  }

  /** Edits as a vector's file has them. */
  apply(edits: readonly Edit[]): void {
    for (const edit of edits) this.#do(edit);
  }

  #do(edit: Edit): void {
    applyEdits(this.#image, [edit]);
    this.#edits.push(edit);
  }
}

/** A number as so many big-endian bytes; negative ones as two's complement. */
export function be(lengthBytes: number, value: bigint | number): Uint8Array {
  const digits = BigInt.asUintN(lengthBytes * 8, BigInt(value))
    .toString(16)
    .padStart(lengthBytes * 2, '0');
  return Uint8Array.from(Buffer.from(digits, 'hex'));
}

/** Several pieces as one. */
export function concat(...pieces: readonly (Uint8Array | string)[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(pieces.map((piece) => toBytes(piece))));
}

/** A name as the stream has it: its length in a byte, then its characters. */
export function counted(name: string): Uint8Array {
  return concat(Uint8Array.of(name.length), name);
}

function toBytes(bytes: Uint8Array | string): Uint8Array {
  return typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes;
}

function hex(bytes: Uint8Array | string): string {
  return Buffer.from(toBytes(bytes)).toString('hex');
}
