import { MappedRamError } from '@mapped-ram/format';
import type { KallsymsTables } from './kallsyms-layout.js';

/** A name's length, where it has more than 127 tokens, is in two bytes (Linux 6.1 and later). */
const LONG = 0x80;

/**
 * The symbols' names, each behind the letter that `nm` has for its type, in the order of the table.
 *
 * @throws MappedRamError `unsupported` where the table ends too early.
 */
export function decodeNames({ count, names, tokenTable, tokenIndex }: KallsymsTables): string[] {
  const tokens = Array.from(tokenIndex, (start) => {
    const end = tokenTable.indexOf(0, start);
    return new TextDecoder('latin1').decode(tokenTable.subarray(start, end === -1 ? start : end));
  });
  const decoded: string[] = [];
  let at = 0;
  while (decoded.length < count) {
    const { length, next } = nameLength(names, at);
    at = next;
    if (at + length > names.length) {
      throw new MappedRamError('unsupported', {
        what: 'the guest’s table of symbols ends before its last name',
        expected: count,
        actual: decoded.length,
      });
    }
    let name = '';
    for (const end = at + length; at < end; at++) name += tokens[names[at] as number];
    decoded.push(name);
  }
  return decoded;
}

/** How many tokens a name has that begins at a place, and where they begin. */
export function nameLength(
  names: Uint8Array,
  at: number,
): { readonly length: number; readonly next: number } {
  const first = names[at] ?? 0;
  if (first < LONG) return { length: first, next: at + 1 };
  return { length: (first & (LONG - 1)) | ((names[at + 1] ?? 0) << 7), next: at + 2 };
}
