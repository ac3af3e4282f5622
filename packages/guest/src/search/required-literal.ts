const QUANTIFIER = /^(?:([*?])|\+|\{(\d+)(?:,\d*)?\})\??/;

/** Escapes that stand for a character of a class, or for a place. */
const OF_MANY = /^\\[dDwWsSbB]/;
const HEX = /^\\x([0-9a-fA-F]{2})/;
/** What may be in brackets is no bracket of its own. */
const CLASS = /^\[(?:\\.|[^\]\\])*\]/s;
const TOKENS = /\\.|\[(?:\\.|[^\]\\])*\]|[()]/gs;
const SIGN = /^\\([^0-9A-Za-z])/;

/**
 * Bytes that every match of a regular expression has, one behind the other: where they are not, no match is. The longest such, as far as it
 * is found out with little work.
 *
 * @param source Without flags but `s`, over characters of Latin-1.
 * @returns undefined where there are none, or the expression has something that is not looked into.
 */
export function requiredLiteral(source: string): Uint8Array | undefined {
  let longest = '';
  let current = '';
  const end = () => {
    if (current.length > longest.length) longest = current;
    current = '';
  };
  for (let rest = source; rest !== ''; ) {
    const atom = atomOf(rest);
    if (atom === undefined) return undefined;
    rest = rest.slice(atom.length);
    const [quantifier = '', none, least] = QUANTIFIER.exec(rest) ?? [];
    rest = rest.slice(quantifier.length);
    const isOptional = none !== undefined || Number(least ?? 1) === 0;
    if (atom.character !== undefined && !isOptional) current += atom.character;
    // What is repeated is there once at least, and not known to be beside what follows.
    if (atom.character === undefined || quantifier !== '') end();
  }
  end();
  // Zeros are everywhere.
  if (/^\0*$/.test(longest) || /[^\0-\xff]/.test(longest)) return undefined;
  return Uint8Array.from(longest, (character) => character.charCodeAt(0));
}

interface Atom {
  /** Of its source. */
  readonly length: number;
  /** Undefined where it is one of many, or none. */
  readonly character?: string;
}

/** What an expression begins with; undefined where it is not looked into. */
function atomOf(source: string): Atom | undefined {
  const [first = ''] = source;
  if (first === '\\') return escapeOf(source);
  if (first === '[') return withoutCharacter(CLASS.exec(source));
  if (first === '.' || first === '^' || first === '$') return { length: 1 };
  if ('(){}|*+?]'.includes(first)) return first === '(' ? groupOf(source) : undefined;
  return { length: 1, character: first };
}

function escapeOf(source: string): Atom | undefined {
  const hex = HEX.exec(source);
  if (hex !== null) return { length: hex[0].length, character: String.fromCharCode(Number(`0x${hex[1]}`)) };
  const sign = SIGN.exec(source);
  if (sign !== null) return { length: 2, character: sign[1] as string };
  return withoutCharacter(OF_MANY.exec(source));
}

/** A group, which may be of alternatives and matches whatever it does. */
function groupOf(source: string): Atom | undefined {
  let depth = 0;
  for (const { 0: token, index } of source.matchAll(TOKENS)) {
    if (token === '(') depth++;
    if (token === ')') depth--;
    if (depth === 0) return { length: index + 1 };
  }
  return undefined;
}

function withoutCharacter(found: RegExpExecArray | null): Atom | undefined {
  return found === null ? undefined : { length: found[0].length };
}
