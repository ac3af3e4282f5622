import type { MappedRamErrorCode } from '@mapped-ram/format';
import type { ByteSpan } from '@mapped-ram/reader';
import type { LintContext } from './context.js';
import type { Outcome, Severity } from './finding.js';
import { type QemuVersion, type RestoreTarget, versionInRange } from './target.js';

/** What QEMU does with a file that has the fault, in a range of versions. */
export interface QemuBehaviour {
  /** First version it holds for; absent: since mapped-ram exists. */
  readonly from?: QemuVersion;
  /** Last version it holds for; absent: up to the newest known. */
  readonly to?: QemuVersion;
  /** Only with (true) or without (false) multifd; absent: both. */
  readonly multifd?: boolean;
  readonly outcome: Outcome;
  /** In words, with QEMU's error text where there is one. */
  readonly says: string;
}

/**
 * What a rule must look at: `headers`, the stream without bitmaps and pages; `bitmaps`, also the bitmaps; `pages`,
 * the contents of the pages too, so it runs under `--deep` only.
 */
export type RuleNeeds = 'headers' | 'bitmaps' | 'pages';

/** One place where a rule fires. */
export interface RuleMatch {
  readonly message: string;
  readonly span: ByteSpan;
  readonly where: string;
  readonly expected?: string;
  readonly actual?: string;
  /** Its severity, where QEMU restores the file all the same and it weighs more or less than the rule says. */
  readonly severity?: Severity;
  /** The behaviour in this very case, where it differs from what the rule's `qemu` says for the target. */
  readonly behaviour?: Pick<QemuBehaviour, 'outcome' | 'says'>;
  /**
   * Offset of the stream's element at which QEMU meets the fault, where that is not `span.byteOffset`: a page is met
   * when its block's header is read.
   */
  readonly metAt?: number;
}

/**
 * A rule: what it says about itself, in one place for `--explain`, its page and the report, and the check.
 */
export interface Rule {
  /** Kebab-case, never renamed; also its folder's name. */
  readonly id: string;
  /** The fault in a few words. */
  readonly title: string;
  /** Severity of a finding in a file that QEMU restores all the same. Where QEMU does not restore it rightly, it is an error. */
  readonly severity: Severity;
  readonly needs: RuleNeeds;
  /** It fires by what the file lies in, such as a disk image, and not by what is in it: no vector is such a file. */
  readonly aboutContainer?: true;
  /** Codes of the reader's problems that this rule reports; each code belongs to one rule. */
  readonly problems?: readonly MappedRamErrorCode[];
  /** Clauses of spec/mapped-ram.md, such as `LAYOUT-3`, or of spec/packed.md, such as `SEAL-5`. */
  readonly clauses: readonly string[];
  /** What it is about and why it matters: one or two short paragraphs of Markdown. */
  readonly description: string;
  /** What QEMU does, most special entry first: the first that fits the target counts. */
  readonly qemu: readonly QemuBehaviour[];
  /** What the user can do. */
  readonly remedy: string;
  /** Yields one finding a place. It must not throw for anything that a file can hold. */
  check(context: LintContext): Iterable<RuleMatch>;
}

/** The entry of the rule's behaviours that holds for the target. Throws RangeError where none does: a fault of the rule. */
export function behaviourFor(rule: Rule, target: RestoreTarget): QemuBehaviour {
  const entry = rule.qemu.find(
    ({ from, to, multifd }) =>
      versionInRange(target.qemu, from, to) && (multifd === undefined || multifd === target.multifd),
  );
  if (entry === undefined) throw new RangeError(`rule ${rule.id} says nothing for QEMU ${target.qemu}`);
  return entry;
}
