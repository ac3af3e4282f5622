import { type LintOptions, type QemuVersion, qemuVersionOf, qemuVersions, rules } from '@mapped-ram/lint';
import type { CommandLine } from '../shared/command-line.js';
import { jobsOf } from '../shared/many/jobs.js';
import { didYouMean } from '../shared/nearest.js';
import { oneOf, toOffset } from '../shared/option-values.js';
import { bitmapOrders, snapshotOption } from '../shared/reading-options.js';
import { UsageError } from '../shared/usage-error.js';
import { type Format, formats, type Level, levels } from './options.js';

/** A run over files. */
export interface LintInvocation {
  readonly kind: 'lint';
  /** At least one. */
  readonly paths: readonly string[];
  readonly format: Format;
  readonly quiet: boolean;
  /** Go into folders. */
  readonly recursive: boolean;
  /** Files that are checked at a time. */
  readonly jobs: number;
  /** Which internal snapshot of a disk image is meant. */
  readonly snapshot?: string;
  readonly options: LintOptions;
}

/** What the command line asks for, checked. */
export type Invocation =
  | LintInvocation
  | { readonly kind: 'explain'; readonly ruleId: string }
  | { readonly kind: 'rules'; readonly format: 'pretty' | 'json' };

/**
 * Makes sense of a command line that asks for neither help nor version.
 *
 * @throws UsageError on a value that is not allowed, or when no file is named.
 */
export function toInvocation(line: CommandLine): Invocation {
  const { flags, values, paths } = line;
  const last = (name: string) => values.get(name)?.at(-1);
  const format = oneOf('format', last('format') ?? 'pretty', formats);
  const options = lintOptions(flags, last, values.get('rule') ?? []);

  const ruleId = last('explain');
  if (ruleId !== undefined) return { kind: 'explain', ruleId: knownRule(ruleId) };
  if (flags.has('rules')) return { kind: 'rules', format: oneOf('format', format, ['pretty', 'json']) };
  if (paths.length === 0) throw new UsageError('no file given');
  const snapshot = last(snapshotOption.name);
  const chosen = snapshot === undefined ? {} : { snapshot };
  const many = { recursive: flags.has('recursive'), jobs: jobsOf(line) };
  return { kind: 'lint', paths, format, quiet: flags.has('quiet'), ...many, ...chosen, options };
}

function lintOptions(
  flags: ReadonlySet<string>,
  last: (name: string) => string | undefined,
  ruleLevels: readonly string[],
): LintOptions {
  const qemu = last('qemu');
  const offset = last('offset');
  const order = last('bitmap-order');
  return {
    deep: flags.has('deep'),
    multifd: flags.has('multifd'),
    rules: Object.fromEntries(ruleLevels.map(toRuleLevel)),
    ...(qemu !== undefined && { qemu: toQemu(qemu) }),
    ...(offset !== undefined && { streamOffset: toOffset(offset) }),
    ...(order !== undefined && { wordOrder: oneOf('bitmap-order', order, bitmapOrders) }),
  };
}

/** `10.0.13` is as good as `10.0`. */
function toQemu(value: string): QemuVersion {
  try {
    return qemuVersionOf(value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return oneOf('qemu', value, qemuVersions);
  }
}

function toRuleLevel(value: string): [string, Level] {
  const at = value.indexOf('=');
  if (at === -1) throw new UsageError(`--rule needs ID=LEVEL, got ${JSON.stringify(value)}`);
  const id = knownRule(value.slice(0, at));
  return [id, oneOf(`rule ${id}`, value.slice(at + 1), levels)];
}

function knownRule(id: string): string {
  const ids = rules.map((rule) => rule.id);
  if (ids.includes(id)) return id;
  throw new UsageError(`there is no rule ${JSON.stringify(id)}${didYouMean(id, ids)} (--rules lists them)`);
}
