import { toHex } from '@mapped-ram/inspect';
import type { ScalarValue, StateNode } from '@mapped-ram/reader';
import { formatCount } from '../../shared/quantities.js';

/** Bytes of a buffer that are shown unless all are wanted. */
const SHOWN_BYTES = 32;
/** Of a buffer that changed, from the first byte that did. */
const SHOWN_CHANGED_BYTES = 8;
/** Of a list, elements, equal neighbours counted as one. */
const SHOWN_ELEMENTS = 64;

const LONGEST_TEXT_BYTES = 256;
/** Text in a buffer of fixed length: at least two printable characters, then NULs to the end. */
const TEXT_IN_BUFFER = /^([\x20-\x7e]{2,})\0*$/;

/** One value in words: unsigned integers in hexadecimal, signed ones in decimal. */
export function scalarText(value: ScalarValue | undefined, type: string, isFull = false): string {
  if (value === undefined) return 'missing';
  if (value instanceof Uint8Array) return bytesText(value, isFull);
  if (typeof value !== 'bigint') return String(value);
  return value < 0n || !type.startsWith('u') ? String(value) : `0x${value.toString(16)}`;
}

/** What a value was and what it is; of a buffer only where it differs. */
export function changeText(a: ScalarValue | undefined, b: ScalarValue | undefined, type: string): string {
  const areBuffers = a instanceof Uint8Array && b instanceof Uint8Array && a.length === b.length;
  if (!areBuffers || a.length <= SHOWN_BYTES || textIn(a) !== undefined || textIn(b) !== undefined) {
    return `${scalarText(a, type)} -> ${scalarText(b, type)}`;
  }
  const first = a.findIndex((byte, index) => byte !== b[index]);
  const count = a.reduce((sum, byte, index) => (byte === b[index] ? sum : sum + 1), 0);
  const [was, is] = [a, b].map((bytes) => toHex(bytes.subarray(first, first + SHOWN_CHANGED_BYTES)));
  return `${count} of ${formatCount(a.length, 'byte')} differ, from byte ${first} on: ${was} -> ${is}`;
}

/** A field's value in words, in one line. */
export function valueText({ value, type }: StateNode, isFull: boolean): string {
  if (value === undefined) return '';
  if (!Array.isArray(value)) return scalarText(value as ScalarValue, type, isFull);
  const texts = (value as readonly ScalarValue[]).map((element) => scalarText(element, type, isFull));
  if (isFull) return texts.join(' ');
  const runs = runsOf(texts).map(([text, count]) =>
    count < 3 ? Array(count).fill(text).join(' ') : `${text} (x${count})`,
  );
  const rest = runs.length - SHOWN_ELEMENTS;
  return rest > 0 ? `${runs.slice(0, SHOWN_ELEMENTS).join(' ')} ...` : runs.join(' ');
}

function bytesText(bytes: Uint8Array, isFull: boolean): string {
  if (bytes.length === 0) return 'empty';
  if (isFull) return toHex(bytes);
  if (bytes.length > 4 && bytes.every((byte) => byte === 0))
    return `${formatCount(bytes.length, 'zero byte')}`;
  const text = textIn(bytes);
  if (text !== undefined) return text;
  if (bytes.length <= SHOWN_BYTES) return toHex(bytes);
  return `${toHex(bytes.subarray(0, SHOWN_BYTES))}... (${formatCount(bytes.length, 'byte')})`;
}

/** A text in a buffer of fixed length, quoted; undefined where it holds none. */
function textIn(bytes: Uint8Array): string | undefined {
  if (bytes.length > LONGEST_TEXT_BYTES) return undefined;
  const [, text] = TEXT_IN_BUFFER.exec(Buffer.from(bytes).toString('latin1')) ?? [];
  return text === undefined ? undefined : JSON.stringify(text);
}

/** Equal neighbours, counted. */
function runsOf(texts: readonly string[]): [text: string, count: number][] {
  const runs: [string, number][] = [];
  for (const text of texts) {
    const last = runs.at(-1);
    if (last?.[0] === text) last[1]++;
    else runs.push([text, 1]);
  }
  return runs;
}
