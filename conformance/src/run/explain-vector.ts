import { type BytesWindow, readFaultBytes } from '../report/fault-bytes.js';
import { readVector } from '../vector/store.js';

const ROW_BYTES = 16;

/** What a vector is, which clauses it is about, and the bytes around its fault: a line each. Nothing for what is no vector. */
export async function explainVector(id: string): Promise<string[]> {
  const vector = readVector(id);
  if (vector === undefined) return [];
  const bytes = await readFaultBytes(vector);
  return [
    `${vector.what} Clauses: ${vector.clauses.join(', ')}.`,
    ...(bytes === undefined ? [`The capture ${vector.base} as it is.`] : rowsOf(bytes.after, bytes.edit.op)),
  ];
}

/** The rows, with the bytes of the fault in brackets. */
function rowsOf({ byteOffset, bytes, marked: [from, to] }: BytesWindow, what: string): string[] {
  const rows: string[] = [];
  for (let at = 0; at < bytes.length; at += ROW_BYTES) {
    const cells = [...bytes.subarray(at, at + ROW_BYTES)].map((byte, index) => {
      const digits = byte.toString(16).padStart(2, '0');
      return at + index >= from && at + index < to ? `[${digits}]` : ` ${digits} `;
    });
    rows.push(`0x${(byteOffset + at).toString(16).padStart(8, '0')} ${cells.join('')}`.trimEnd());
  }
  return [`The bytes of the fault (${what}):`, ...rows];
}
