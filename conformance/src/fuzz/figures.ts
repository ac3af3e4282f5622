import type { Outcome } from '@mapped-ram/lint';
import type { Comparison } from './judge.js';

/** What came of the files that one QEMU was asked about. */
export interface FuzzFigures {
  /** The testee, such as `qemu-10.0`. */
  readonly against: string;
  /** Files with a verdict of both. */
  readonly judged: number;
  /** How often what was predicted, and then done, in the form `refused, refused`. */
  readonly verdicts: Readonly<Record<string, number>>;
  /** Files that QEMU refuses, dies of or restores wrongly. */
  readonly bad: number;
  /** Those of which just that was predicted. */
  readonly badPredicted: number;
  /** Disagreements that only the destination could have known, by the rule that says so. */
  readonly explained: Readonly<Record<string, number>>;
  readonly unexplained: number;
  /** Files that QEMU restores rightly, and of which something else was predicted. They are unexplained too. */
  readonly falseAlarms: number;
}

/** A comparison, and the rule that explains a disagreement. */
export interface Assessed {
  readonly comparison: Comparison;
  readonly explainedBy?: string | undefined;
}

/** Whether linter and QEMU said the same. */
export function agrees({ predicted, actual }: Comparison): boolean {
  return predicted === actual;
}

/** Counts, for each QEMU in the order given. */
export function countFigures(against: readonly string[], assessed: readonly Assessed[]): FuzzFigures[] {
  return against.map((testee) => {
    const own = assessed.filter(({ comparison }) => comparison.against === testee);
    const bad = own.filter(({ comparison }) => isBad(comparison.actual));
    const disagreeing = own.filter(({ comparison }) => !agrees(comparison));
    const unexplained = disagreeing.filter(({ explainedBy }) => explainedBy === undefined);
    return {
      against: testee,
      judged: own.length,
      verdicts: countBy(own.map(({ comparison }) => `${comparison.predicted}, ${comparison.actual}`)),
      bad: bad.length,
      badPredicted: bad.filter(({ comparison }) => agrees(comparison)).length,
      explained: countBy(disagreeing.flatMap(({ explainedBy }) => explainedBy ?? [])),
      unexplained: unexplained.length,
      falseAlarms: unexplained.filter(({ comparison }) => !isBad(comparison.actual)).length,
    };
  });
}

function isBad(outcome: Outcome): boolean {
  return outcome !== 'restores';
}

function countBy(keys: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const key of [...keys].sort()) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}
