import type { FdsetFindingCode, FdsetOutcome } from '@mapped-ram/fdset';
import { endOfRestore, type Outcome } from '@mapped-ram/lint';

/** What would come of it: what a set of descriptors or a file can do, or a migration that waits forever. */
export type PreflightOutcome = FdsetOutcome | Exclude<Outcome, 'restores'> | 'hangs';

/** What would go wrong, as a stable name to branch on. Those of `checkFdset` are among them. */
export type PreflightCode =
  | FdsetFindingCode
  /** The file exists, cannot be made or opened, or is none. */
  | 'unusable-path'
  | 'no-direct-io'
  /** The disk takes direct I/O only in pieces that are larger than the guest's pages. */
  | 'direct-io-alignment'
  /** `direct-io` is on in QEMU from earlier. */
  | 'direct-io-left-on'
  | 'low-space'
  | 'qemu-too-old'
  | 'capability-conflict'
  | 'parameter-conflict'
  /** The guest is in a state that allows neither, such as after a save. */
  | 'wrong-run-state'
  | 'migration-running'
  /** A device does not allow it. */
  | 'migration-blocked'
  | 'no-free-page-hint'
  /** There is a balloon for it, and nothing comes of it. */
  | 'free-page-hint-unheard'
  /** The lint says that the file does not restore. */
  | 'faulty-file'
  | 'machine-differs'
  | 'block-differs'
  /** The destination has memory at another address than the guest had it. */
  | 'memory-moved'
  /** The destination lacks a device, or does not take its state. */
  | 'device-differs';

/** `error`: it fails, or worse; `warning`: it may; `note`: worth knowing. */
export type PreflightSeverity = 'error' | 'warning' | 'note';

/** One thing that a preflight found. */
export interface PreflightFinding {
  readonly code: PreflightCode;
  readonly severity: PreflightSeverity;
  /** What this alone leads to; `works` for what is only worth knowing. */
  readonly outcome: PreflightOutcome;
  /** What is wrong and what comes of it, for people. */
  readonly message: string;
  /** What to do about it, for people. */
  readonly help?: string | undefined;
  /** How QEMU's own error begins, where it reports one. */
  readonly qemuError?: string | undefined;
  /** When QEMU meets it in the file, as the lint counts; missing for what it meets before it reads any of it. */
  readonly metAt?: number | undefined;
}

/**
 * Of several findings what happens in the end. QEMU looks at its settings and descriptors before it reads the file, and goes through the
 * file from its start: the first refusal or crash on that way ends it, and what lies behind does not come to pass.
 */
export function outcomeOf(findings: readonly PreflightFinding[]): PreflightOutcome {
  const before = findings.filter(({ metAt }) => metAt === undefined);
  if (before.some(({ outcome }) => ENDS.has(outcome))) return worstOutcome(before);
  const inFile = findings.flatMap(({ metAt, outcome }) => {
    return metAt !== undefined && (outcome === 'refused' || outcome === 'crashes')
      ? [{ metAt, outcome }]
      : [];
  });
  return endOfRestore(inFile)?.outcome ?? worstOutcome(findings);
}

const ENDS: ReadonlySet<PreflightOutcome> = new Set(['crashes', 'hangs', 'refused']);

function worstOutcome(findings: readonly PreflightFinding[]): PreflightOutcome {
  const outcomes = new Set(findings.map(({ outcome }) => outcome));
  return WORST_FIRST.find((outcome) => outcomes.has(outcome)) ?? 'works';
}

const WORST_FIRST: readonly PreflightOutcome[] = ['crashes', 'wrong-memory', 'misplaced', 'hangs', 'refused'];

/** An error, of which QEMU's outcome is the weight. */
export function fault(
  code: PreflightCode,
  outcome: PreflightOutcome,
  message: string,
  more: Pick<PreflightFinding, 'help' | 'qemuError' | 'metAt'> = {},
): PreflightFinding {
  return { code, severity: 'error', outcome, message, ...more };
}

/** Errors first, then warnings, then notes; each in the order in which they were found. */
export function bySeverity(findings: readonly PreflightFinding[]): PreflightFinding[] {
  const rank = { error: 0, warning: 1, note: 2 };
  return [...findings].sort((a, b) => rank[a.severity] - rank[b.severity]);
}
