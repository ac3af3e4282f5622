import type { OptionCheck } from '@mapped-ram/format';
import { clearRange, forEachRun, setRange } from '@mapped-ram/format/bitmap';
import type { PiecePages } from './clear-same.js';

/** Bytes that are looked for. */
export interface Literal {
  /** One at least; the first and the last are not zero. */
  readonly bytes: Uint8Array;
  /** Which of them to look for first: the one that is met least. */
  readonly anchor: number;
}

/** A {@link Literal}, for the checks of options. */
export const literalOption: OptionCheck = (value, name) => {
  const { bytes, anchor } = (value ?? {}) as { bytes?: unknown; anchor?: unknown };
  if (!(bytes instanceof Uint8Array) || typeof anchor !== 'number')
    throw new TypeError(`${name}: expected bytes, a Uint8Array, and the number of one of them as anchor`);
  // Memory that is not stored is zero: what begins or ends with zeros would begin or end there.
  if (bytes[0] === undefined || bytes[0] === 0 || bytes.at(-1) === 0)
    throw new RangeError(`${name}.bytes cannot be empty, or begin or end with zeros`);
  if (bytes[anchor] === undefined) throw new RangeError(`${name}.anchor cannot be ${anchor}`);
};

/**
 * Keeps the bits of those pages in which a literal begins, or may begin: of what goes on behind a run of pages only the beginning is seen. Pages whose
 * bit is clear are not looked at.
 */
export function keepBeginnings(
  pages: Uint8Array,
  literal: Literal,
  bits: Uint8Array,
  { first, count, pageSize }: PiecePages,
): void {
  const runs: (readonly [first: number, count: number])[] = [];
  forEachRun(bits, 'le', first, first + count, (start, length) => runs.push([start, length]));
  for (const [start, length] of runs) {
    clearRange(bits, start, start + length);
    const from = (start - first) * pageSize;
    const run = Buffer.from(pages.buffer, pages.byteOffset + from, length * pageSize);
    for (let at = nextBeginning(run, literal, 0); at !== -1; ) {
      const page = Math.floor(at / pageSize);
      setRange(bits, start + page, start + page + 1);
      at = nextBeginning(run, literal, (page + 1) * pageSize);
    }
  }
}

/** Where a literal begins next, or what may be its beginning at the end; -1 where it does not. */
function nextBeginning(run: Buffer, { bytes, anchor }: Literal, from: number): number {
  const end = run.length - bytes.length;
  const wanted = bytes[anchor] as number;
  for (let at = run.indexOf(wanted, from + anchor); at !== -1; at = run.indexOf(wanted, at + 1)) {
    if (at - anchor > end) break;
    if (isAt(run, at - anchor, bytes)) return at - anchor;
  }
  for (let at = Math.max(from, end + 1); at < run.length; at++) if (isAt(run, at, bytes)) return at;
  return -1;
}

/** Whether bytes are at a place, as far as there are any. */
function isAt(run: Uint8Array, offset: number, bytes: Uint8Array): boolean {
  const end = Math.min(bytes.length, run.length - offset);
  for (let index = 0; index < end; index++) if (run[offset + index] !== bytes[index]) return false;
  return true;
}
