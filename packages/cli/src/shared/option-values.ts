import { parseSize } from '@mapped-ram/format';
import type { CommandLine } from './command-line.js';
import { UsageError } from './usage-error.js';

/**
 * The value of an option that takes one of some words.
 *
 * @throws UsageError on any other.
 */
export function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) {
    throw new UsageError(`--${option} cannot be ${JSON.stringify(value)}: choose ${allowed.join(', ')}`);
  }
  return found;
}

/**
 * The value of an option that takes a place in a file, in bytes, in QEMU's syntax.
 *
 * @throws UsageError
 */
export function toOffset(value: string, option = 'offset'): number {
  try {
    return parseSize(value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(`--${option}: ${error.message}; write bytes as 4096, 0x1000, 4k, 1M or 1.5k`);
  }
}

/** The last value of an option, which counts where it is given several times. */
export function lastValue({ values }: CommandLine, name: string): string | undefined {
  return values.get(name)?.at(-1);
}
