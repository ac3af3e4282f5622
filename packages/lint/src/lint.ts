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
import { behaviourFor, type Rule, type RuleHit } from './rule.js';
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
  const hits = collectHits(context);
  return {
    path: source.name,
    verdict: verdictOf(hits),
    devicesChecked: uncheckedReasons(context).length === 0,
    findings: toFindings(hits, levels),
    snapshot: summarize(context),
  };
}

/** A finding of a rule, with what is predicted for it. */
interface PredictedHit extends RuleHit, PredictedEvent {
  readonly rule: Rule;
  readonly metAt: number;
  /** What QEMU does, in words. */
  readonly says: string;
}

function predict(rule: Rule, hit: RuleHit, target: RestoreTarget, metAt: number): PredictedHit {
  const { outcome, says } = hit.behaviour ?? behaviourFor(rule, target);
  return { ...hit, rule, outcome, says, metAt };
}

/** All findings: what QEMU does with a file does not depend on what anybody wants to hear of. */
function collectHits(context: LintContext): PredictedHit[] {
  const hits: PredictedHit[] = [];
  const orderOf = walkOrder(context);
  for (const rule of rules) {
    if (rule.needs === 'pages' && !context.deep) continue;
    for (const hit of rule.check(context)) {
      hits.push(predict(rule, hit, context.target, orderOf(hit.metAt ?? hit.span.byteOffset, hit.where)));
    }
  }
  return hits.sort((a, b) => a.span.byteOffset - b.span.byteOffset);
}

function toFindings(
  hits: readonly PredictedHit[],
  levels: Readonly<Record<string, Severity | 'off'>>,
): Finding[] {
  const end = endOfRestore(hits);
  return hits.flatMap((hit) => {
    const level = levels[hit.rule.id];
    if (level === 'off') return [];
    const own = hit.outcome === 'restores' ? (hit.severity ?? hit.rule.severity) : 'error';
    return {
      rule: hit.rule.id,
      severity: level ?? own,
      message: hit.message,
      byteOffset: hit.span.byteOffset,
      byteLength: hit.span.byteLength,
      where: hit.where,
      ...(hit.expected !== undefined && { expected: hit.expected }),
      ...(hit.actual !== undefined && { actual: hit.actual }),
      qemu: hit.says,
      outcome: hit.outcome,
      metAt: hit.metAt,
      reached: end === undefined || hit === end || hit.metAt <= end.metAt,
      remedy: hit.rule.remedy,
    };
  });
}
