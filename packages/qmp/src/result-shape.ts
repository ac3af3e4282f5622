import { MappedRamError } from '@mapped-ram/format/errors';
import { quoteJson } from './quote-bytes.js';

/**
 * Checks that a value is what a command returns, and gives it its type.
 *
 * @param path where the value stands, such as `query-status.running`
 * @throws MappedRamError `bad-qmp-result`, which says where, what was wanted and what was there
 */
export type ResultShape<T> = (value: unknown, path: string) => T;

/** The error that a {@link ResultShape} throws. */
export function mismatch(path: string, expected: string, value: unknown): MappedRamError {
  return new MappedRamError('bad-qmp-result', {
    what: 'an answer has the wrong type',
    ...{ path, expected, actual: quoteJson(value) },
  });
}

/** A string. */
export const text: ResultShape<string> = (value, path) => {
  if (typeof value !== 'string') throw mismatch(path, 'a string', value);
  return value;
};

/** True or false. */
export const truth: ResultShape<boolean> = (value, path) => {
  if (typeof value !== 'boolean') throw mismatch(path, 'true or false', value);
  return value;
};

/** A whole number that is not negative, up to 2^53 - 1. */
export const count: ResultShape<number> = (value, path) => {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw mismatch(path, 'a whole number from 0 to 2^53 - 1', value);
  }
  return value;
};

/** Any number; no infinity. */
export const finite: ResultShape<number> = (value, path) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw mismatch(path, 'a number', value);
  return value;
};

/** A number that is not negative; no infinity. */
export const amount: ResultShape<number> = (value, path) => {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
    throw mismatch(path, 'a number that is not negative', value);
  }
  return value;
};

/** An object with whatever members. */
export const record: ResultShape<Record<string, unknown>> = (value, path) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw mismatch(path, 'an object', value);
  }
  return value as Record<string, unknown>;
};

/** An object that has these members, and may have others, which are left out. */
export function shape<T extends Readonly<Record<string, ResultShape<unknown>>>>(
  members: T,
): ResultShape<{ readonly [Name in keyof T]: ReturnType<T[Name]> }> {
  return (value, path) => {
    const object = record(value, path);
    const entries = Object.entries(members).flatMap(([name, member]) => {
      const own = Object.hasOwn(object, name) ? object[name] : undefined;
      const checked = member(own, `${path}.${name}`);
      return checked === undefined ? [] : [[name, checked] as const];
    });
    return Object.fromEntries(entries) as { readonly [Name in keyof T]: ReturnType<T[Name]> };
  };
}

/** A list of things of one kind. */
export function list<T>(item: ResultShape<T>): ResultShape<readonly T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw mismatch(path, 'a list', value);
    return value.map((one, index) => item(one, `${path}[${index}]`));
  };
}

/** A member that may be missing. */
export function optional<T>(inner: ResultShape<T>): ResultShape<T | undefined> {
  return (value, path) => (value === undefined ? undefined : inner(value, path));
}
