/** What an option may be: throws where it is not. */
export type OptionCheck = (value: unknown, name: string) => void;

/** A check for every option that there is. */
export type OptionChecks<T extends object> = { readonly [Name in keyof Required<T>]: OptionCheck };

/**
 * Holds the options of a public function against what they may be, at its door: an option that is wrong must not become a wrong
 * answer, nor a loop without an end. One that is not given is right.
 *
 * @param checks One for every option that there is.
 * @throws TypeError where an option is of another kind, or there are no options to look at.
 * @throws RangeError where it is of the kind, and none that is known.
 */
export function checkOptions<T extends object>(options: T, checks: OptionChecks<T>): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`options: expected an object, got ${inWords(options)}`);
  }
  for (const name of Object.keys(checks) as (keyof T & string)[]) {
    const value: unknown = options[name];
    if (value !== undefined) checks[name](value, name);
  }
}

/** A whole number from `min` (0 if not given) to `max` (2^53 - 1). */
export function integerOption(min = 0, max = Number.MAX_SAFE_INTEGER): OptionCheck {
  return (value, name) => {
    if (typeof value !== 'number') throw wrongKind(name, 'a number', value);
    if (Number.isSafeInteger(value) && value >= min && value <= max) return;
    throw new RangeError(`${name}: expected a whole number from ${min} to ${max}, got ${value}`);
  };
}

/** How many at most: a whole number from 0, or `Infinity` for as many as there are. */
export const limitOption: OptionCheck = (value, name) => {
  if (value !== Number.POSITIVE_INFINITY) integerOption()(value, name);
};

/** A time in milliseconds: more than 0, `Infinity` for one without an end. */
export const durationOption: OptionCheck = (value, name) => {
  if (typeof value !== 'number') throw wrongKind(name, 'a number', value);
  if (!(value > 0)) throw new RangeError(`${name}: expected more than 0 milliseconds, got ${value}`);
};

/** One of some texts. */
export function textOption(known: readonly string[]): OptionCheck {
  return (value, name) => {
    if (typeof value !== 'string') throw wrongKind(name, 'a string', value);
    if (known.includes(value)) return;
    throw new RangeError(`${name}: expected one of ${known.join(', ')}, got ${inWords(value)}`);
  };
}

/** A text that is not empty, such as a path or a name. */
export const nameOption: OptionCheck = (value, name) => {
  if (typeof value !== 'string') throw wrongKind(name, 'a string', value);
  if (value === '') throw new RangeError(`${name}: expected a text that is not empty`);
};

/** A whole number that may be large, such as an address: 0 or more. */
export const bigintOption: OptionCheck = (value, name) => {
  if (typeof value !== 'bigint') throw wrongKind(name, 'a bigint', value);
  if (value < 0n) throw new RangeError(`${name}: expected 0 or more, got ${value}`);
};

/** An array of which every element passes a check. */
export function listOption(check: OptionCheck): OptionCheck {
  return (value, name) => {
    if (!Array.isArray(value)) throw wrongKind(name, 'an array', value);
    for (const [index, element] of value.entries()) check(element, `${name}[${index}]`);
  };
}

/** An object with options of its own; those of `required` are there. */
export function groupOption(
  checks: Readonly<Record<string, OptionCheck>>,
  required: readonly string[] = [],
): OptionCheck {
  return (value, name) => {
    objectOption(value, name);
    for (const [key, check] of Object.entries(checks)) {
      const own = (value as Record<string, unknown>)[key];
      if (own !== undefined || required.includes(key)) check(own, `${name}.${key}`);
    }
  };
}

/** True or false. */
export const booleanOption: OptionCheck = kind('a boolean', (value) => typeof value === 'boolean');

/** Something that is called back. */
export const functionOption: OptionCheck = kind('a function', (value) => typeof value === 'function');

/** An object of whatever kind. */
export const objectOption: OptionCheck = kind(
  'an object',
  (value) => typeof value === 'object' && value !== null,
);

/** An `AbortSignal`, of this realm or another. */
export const signalOption: OptionCheck = kind(
  'an AbortSignal',
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    'aborted' in value &&
    typeof value.aborted === 'boolean' &&
    'addEventListener' in value &&
    typeof value.addEventListener === 'function',
);

/** Bytes, such as a `Buffer`. */
export const bytesOption: OptionCheck = kind('a Uint8Array', (value) => value instanceof Uint8Array);

function kind(wanted: string, isOne: (value: unknown) => boolean): OptionCheck {
  return (value, name) => {
    if (!isOne(value)) throw wrongKind(name, wanted, value);
  };
}

function wrongKind(name: string, wanted: string, value: unknown): TypeError {
  return new TypeError(`${name}: expected ${wanted}, got ${inWords(value)}`);
}

/** A wrong value for a message, in few words whatever it is. */
function inWords(value: unknown): string {
  if (typeof value === 'string')
    return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}...` : value);
  if (typeof value === 'bigint') return 'a bigint';
  if (typeof value === 'number' || typeof value === 'boolean' || value == null) return String(value);
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
