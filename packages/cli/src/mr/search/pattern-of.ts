import { bytePattern, type Pattern, regularExpression } from '@mapped-ram/guest';
import { UsageError } from '../../shared/usage-error.js';

/**
 * What a user looks for.
 *
 * @throws UsageError where it cannot be looked for.
 */
export function patternOf(text: string, flags: ReadonlySet<string>): Pattern {
  const kinds = ['hex', 'regexp', 'utf16'].filter((name) => flags.has(name));
  if (kinds.length > 1) throw new UsageError(`--${kinds.join(' and --')} exclude each other`);
  const ignoreCase = flags.has('ignore-case');
  if (ignoreCase && flags.has('hex')) throw new UsageError('--ignore-case is about letters; --hex has none');
  try {
    if (flags.has('regexp')) return regularExpression(text, ignoreCase);
    const bytes = bytesOf(text, flags);
    return ignoreCase ? regularExpression(escaped(bytes), true) : bytePattern(bytes);
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError) throw new UsageError(error.message);
    throw error;
  }
}

function bytesOf(text: string, flags: ReadonlySet<string>): Uint8Array {
  if (flags.has('utf16')) return Buffer.from(text, 'utf16le');
  if (!flags.has('hex')) return Buffer.from(text);
  const digits = text.replaceAll(/[\s:]/g, '');
  if (!/^([0-9a-f]{2})+$/i.test(digits))
    throw new UsageError(`${JSON.stringify(text)} is not bytes in hexadecimal digits`);
  return Buffer.from(digits, 'hex');
}

/** A regular expression for exactly these bytes. */
function escaped(bytes: Uint8Array): string {
  return [...bytes]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /\w/.test(character) ? character : `\\x${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');
}
