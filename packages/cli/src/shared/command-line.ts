import { parseArgs } from 'node:util';
import { didYouMean } from './nearest.js';
import type { OptionSpec } from './option-spec.js';
import { UsageError } from './usage-error.js';

/** A command line taken apart: every name is an option's, every value is where one belongs. */
export interface CommandLine {
  /** Options without a value that were given. */
  readonly flags: ReadonlySet<string>;
  /** The values of the other options, in their order. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly paths: readonly string[];
}

/**
 * Takes the arguments (without node and script) apart. Whether a value makes sense is not looked at.
 *
 * @param options All options that there are.
 * @throws UsageError on an unknown option, a missing value, or a value where none belongs.
 */
export function readCommandLine(argv: readonly string[], options: readonly OptionSpec[]): CommandLine {
  const flags = new Set<string>();
  const values = new Map<string, string[]>();
  const paths: string[] = [];
  for (const token of tokenize(argv, options)) {
    if (token.kind === 'positional') paths.push(token.value);
    if (token.kind !== 'option') continue;
    const option = findOption(token, options);
    if (option.value === undefined) {
      if (token.value !== undefined) throw new UsageError(`option ${token.rawName} takes no value`);
      flags.add(option.name);
    } else {
      const given = values.get(option.name) ?? [];
      values.set(option.name, [...given, requiredValue(token, option)]);
    }
  }
  return { flags, values, paths };
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  /** Whether the value was in the same argument, behind `=`. */
  readonly inlineValue?: boolean | undefined;
}

function tokenize(argv: readonly string[], specs: readonly OptionSpec[]) {
  const options = Object.fromEntries(
    specs.map(({ name, short, value }) => [
      name,
      {
        type: value === undefined ? ('boolean' as const) : ('string' as const),
        ...(short !== undefined && { short }),
      },
    ]),
  );
  // Not strict, since parseArgs words its own errors for programmers.
  return parseArgs({ args: [...argv], options, strict: false, tokens: true, allowPositionals: true }).tokens;
}

function findOption({ name, rawName }: OptionToken, options: readonly OptionSpec[]): OptionSpec {
  const option = options.find((candidate) => candidate.name === name);
  if (option !== undefined) return option;
  const names = options.map((candidate) => `--${candidate.name}`);
  throw new UsageError(`unknown option ${rawName}${didYouMean(rawName, names)}`);
}

function requiredValue(token: OptionToken, option: OptionSpec): string {
  const { rawName, value, inlineValue } = token;
  // `--format --deep`: the next option is not the value that was forgotten; `--format=--deep` would be meant.
  if (value === undefined || (inlineValue !== true && value.startsWith('--'))) {
    throw new UsageError(`option ${rawName} needs a value: ${option.value}`);
  }
  return value;
}
