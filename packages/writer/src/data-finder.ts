import { createPageScanner, forEachRun, type PageScanner } from '@mapped-ram/format';
import type { TargetPiece } from './snapshot-target.js';

/** Zeros are left out in units of this size, at multiples of it: file systems make no smaller holes. */
const UNIT_BYTES = 4096;

const BUFFER_BYTES = 1024 * 1024;
/** What most parts have is looked at before WebAssembly would have been compiled for it. */
const JAVASCRIPT_BYTES = 64 * 1024;
/** Of the smallest buffer, whose bits fill a word. */
const STEP_BYTES = 64 * UNIT_BYTES;

/** Finds what is not zero in bytes on their way into a file, so that holes stay holes. */
export class DataFinder {
  readonly #scanner: PageScanner;

  /** @param mostBytes How many are going to be placed at a time, at most. */
  constructor(mostBytes = BUFFER_BYTES) {
    const steps = Math.ceil((mostBytes + UNIT_BYTES) / STEP_BYTES);
    const bufferLengthBytes = Math.min(BUFFER_BYTES, steps * STEP_BYTES);
    this.#scanner = createPageScanner({
      pageSize: UNIT_BYTES,
      bufferLengthBytes,
      javascriptBytes: JAVASCRIPT_BYTES,
    });
  }

  /**
   * Where to put bytes before they are looked at: a view that is valid until the next call.
   *
   * @param byteOffset Where they go in the file.
   * @param mostBytes How many there are; the view may be shorter.
   */
  place(byteOffset: number, mostBytes: number): Uint8Array {
    const { buffer } = this.#scanner;
    const start = byteOffset % UNIT_BYTES;
    const end = Math.min(buffer.length, start + mostBytes);
    buffer.fill(0, 0, start);
    buffer.fill(0, end, Math.min(buffer.length, end + UNIT_BYTES));
    return buffer.subarray(start, end);
  }

  /**
   * The stretches that are not zeros, as views of {@link place}.
   *
   * @param lengthBytes How many bytes were put there.
   * @param keepsEnd Whether the last byte is to be written whatever it is, so that the file reaches so far.
   */
  pieces(byteOffset: number, lengthBytes: number, keepsEnd: boolean): TargetPiece[] {
    const { buffer, nonZeroBits } = this.#scanner;
    const start = byteOffset % UNIT_BYTES;
    const end = start + lengthBytes;
    const units = Math.ceil(end / UNIT_BYTES);
    const pieces: TargetPiece[] = [];
    const add = (from: number, to: number) =>
      pieces.push({ byteOffset: byteOffset + from - start, bytes: buffer.subarray(from, to) });
    this.#scanner.scan(0, units);
    let dataEnd = 0;
    forEachRun(nonZeroBits, 'le', 0, units, (first, count) => {
      dataEnd = Math.min(end, (first + count) * UNIT_BYTES);
      add(Math.max(start, first * UNIT_BYTES), dataEnd);
    });
    if (keepsEnd && dataEnd < end) add(end - 1, end);
    return pieces;
  }
}
