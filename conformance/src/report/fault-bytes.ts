import { loadCapture, type SparseImage } from '@mapped-ram/fixtures';
import { applyEdits } from '../vector/apply-edits.js';
import type { Edit } from '../vector/edit.js';
import type { Vector } from '../vector/vector.js';

const ROW_BYTES = 16;
const ROWS = 5;

/** Some bytes of a file, and which of them are what the fault is about. */
export interface BytesWindow {
  /** A multiple of 16. */
  readonly byteOffset: number;
  readonly bytes: Uint8Array;
  /** Marked bytes, counted from the start of the window: `[from, to)`. */
  readonly marked: readonly [from: number, to: number];
}

/** The bytes around a vector's first edit, before it and after it. */
export interface FaultBytes {
  readonly edit: Edit;
  /** Edits that come after the one that is shown. */
  readonly moreEdits: number;
  readonly before: BytesWindow;
  readonly after: BytesWindow;
}

/** Looks at the place of a vector's fault; undefined where it has no edits. */
export async function readFaultBytes({ base, edits }: Vector): Promise<FaultBytes | undefined> {
  const [edit, ...others] = edits;
  if (edit === undefined) return undefined;
  const before = await loadCapture(base);
  const after = before.clone();
  applyEdits(after, [edit]);
  const { at, gone, come } = extentOf(edit);
  const start = Math.max(0, Math.floor(at / ROW_BYTES) * ROW_BYTES - ROW_BYTES);
  return {
    edit,
    moreEdits: others.length,
    before: windowOf(before, start, at, gone),
    after: windowOf(after, start, at, come),
  };
}

/** Where an edit is, how many bytes it takes away there and how many come. */
function extentOf(edit: Edit): { at: number; gone: number; come: number } {
  switch (edit.op) {
    case 'patch':
      return { at: edit.offset, gone: edit.hex.length / 2, come: edit.hex.length / 2 };
    case 'insert':
      return { at: edit.offset, gone: 0, come: edit.hex.length / 2 };
    case 'insert-zeros':
      return { at: edit.offset, gone: 0, come: edit.length };
    case 'copy':
      return { at: edit.to, gone: 0, come: edit.length };
    case 'remove':
      return { at: edit.offset, gone: edit.length, come: 0 };
    case 'zero':
      return { at: edit.offset, gone: edit.length, come: edit.length };
    case 'truncate':
      return { at: edit.size, gone: Number.MAX_SAFE_INTEGER, come: 0 };
  }
}

function windowOf(image: SparseImage, start: number, at: number, markedBytes: number): BytesWindow {
  const length = Math.max(0, Math.min(ROW_BYTES * ROWS, image.sizeBytes - start));
  const from = Math.min(length, at - start);
  const to = Math.min(length, from + Math.min(markedBytes, length));
  return { byteOffset: start, bytes: image.bytes(start, length), marked: [from, to] };
}
