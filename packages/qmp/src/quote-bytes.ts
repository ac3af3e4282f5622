import { cut } from './qmp-error.js';

/** How much of a message an error quotes, in characters. */
const QUOTED_LENGTH = 60;

/** The beginning of some bytes for an error, in quotes; what is not printable ASCII is escaped. */
export function quoteBytes(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.subarray(0, QUOTED_LENGTH + 1)).toString('latin1');
  return `"${cut(escapeAscii(text), QUOTED_LENGTH)}"`;
}

/** The beginning of a value's JSON for an error; what is not printable ASCII is escaped. */
export function quoteJson(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value) && value.length > 0) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return quoteKeys(Object.keys(value));
  return cut(
    escapeAscii(typeof value === 'string' ? JSON.stringify(cut(value, QUOTED_LENGTH)) : String(value)),
    QUOTED_LENGTH,
  );
}

function quoteKeys(keys: readonly string[]): string {
  if (keys.length === 0) return 'an empty object';
  return `an object with ${cut(escapeAscii(keys.slice(0, QUOTED_LENGTH).join(', ')), QUOTED_LENGTH)}`;
}

function escapeAscii(text: string): string {
  return text.replace(/[^ -~]/g, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}
