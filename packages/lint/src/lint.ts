import { type ByteSource, guardSource, openSnapshot } from '@mapped-ram/reader';
import { checkLintOptions } from './check-lint-options.js';
import type { LintContext } from './context.js';
import { uncheckedReasons } from './facts/device-versions.js';
import { walkOrder } from './facts/walk-order.js';
import type { Finding, Severity } from './finding.js';
import { gatherContext } from './gather.js';
import type { LintOptions } from './options.js';
import { qemuVersionOf } from './qemu-version.js';
import { rules } from './registry.js';
import type { FileReport } from './report.js';
import { behaviourFor, type Rule, type RuleMatch } from './rule.js';
import { summarize } from './summarize.js';
import { newestQemuVersion, type RestoreTarget } from './target.js';
import { endOfRestore, type PredictedEvent, verdictOf } from './verdict.js';

/**
 * Tells what QEMU will do with the file behind `source`. Memory stays bounded whatever the file holds; nothing that a
 * file can hold makes it throw.
 *
 * @throws MappedRamError `read-failed`, `short-read` where the source cannot be read; the signal's reason when aborted.
 * @throws TypeError, RangeError where the source or an option is not one, before anything is read.
 */
export async function lintSource(unguarded: ByteSource, options: LintOptions = {}): Promise<FileReport> {
  checkLintOptions(options);
  const source = guardSource(unguarded, options.signal);
  const target: RestoreTarget = {
    qemu: options.qemu === undefined ? newestQemuVersion : qemuVersionOf(options.qemu),
    multifd: options.multifd ?? false,
  };
  const levels = options.rules ?? {};
  const snapshot = await openSnapshot(source, {
    tolerant: true,
    classic: options.mappedRam !== true,
    ...(options.streamOffset !== undefined && { streamOffset: options.streamOffset }),
    ...(options.wordOrder !== undefined && { wordOrder: options.wordOrder }),
  });
  const context = await gatherContext(snapshot, source, target, options);
  const matches = collectMatches(context);
  return {
    path: source.name,
    verdict: verdictOf(matches),
    devicesChecked: uncheckedReasons(context).length === 0,
    findings: toFindings(matches, levels),
    snapshot: summarize(context),
  };
}

/** A finding of a rule, with what is predicted for it. */
interface PredictedMatch extends RuleMatch, PredictedEvent {
  readonly rule: Rule;
  readonly metAt: number;
  /** What QEMU does, in words. */
  readonly says: string;
}

function predict(rule: Rule, match: RuleMatch, target: RestoreTarget, metAt: number): PredictedMatch {
  const { outcome, says } = match.behaviour ?? behaviourFor(rule, target);
  return { ...match, rule, outcome, says, metAt };
}

/** All findings: what QEMU does with a file does not depend on what anybody wants to hear of. */
function collectMatches(context: LintContext): PredictedMatch[] {
  const matches: PredictedMatch[] = [];
  const orderOf = walkOrder(context);
  for (const rule of rules) {
    if (rule.needs === 'pages' && !context.deep) continue;
    for (const match of rule.check(context)) {
      matches.push(
        predict(rule, match, context.target, orderOf(match.metAt ?? match.span.byteOffset, match.where)),
      );
    }
  }
  return matches.sort((a, b) => a.span.byteOffset - b.span.byteOffset);
}

function toFindings(
  matches: readonly PredictedMatch[],
  levels: Readonly<Record<string, Severity | 'off'>>,
): Finding[] {
  const end = endOfRestore(matches);
  return matches.flatMap((match) => {
    const level = levels[match.rule.id];
    if (level === 'off') return [];
    const own = match.outcome === 'restores' ? (match.severity ?? match.rule.severity) : 'error';
    return {
      rule: match.rule.id,
      severity: level ?? own,
      message: match.message,
      byteOffset: match.span.byteOffset,
      byteLength: match.span.byteLength,
      where: match.where,
      ...(match.expected !== undefined && { expected: match.expected }),
      ...(match.actual !== undefined && { actual: match.actual }),
      qemu: match.says,
      outcome: match.outcome,
      metAt: match.metAt,
      reached: end === undefined || match === end || match.metAt <= end.metAt,
      remedy: match.rule.remedy,
    };
  });
}
