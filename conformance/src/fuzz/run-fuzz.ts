import type { FuzzForm } from './base.js';
import { explain } from './destination-knowledge.js';
import { type Assessed, agrees, countFigures, type FuzzFigures } from './figures.js';
import { judgeCases, type NotJudged } from './judge.js';
import { planCase } from './plan-case.js';

/** Files are planned, judged and forgotten in such groups, so that memory is bounded and progress shows. */
const GROUP_SIZE = 100;

/** What to damage, and who judges. */
export interface FuzzOptions {
  readonly seed: string;
  readonly count: number;
  /** Testees: `qemu-10.0`, `qemu-11.1-multifd`. */
  readonly against: readonly string[];
  /** What is damaged; mapped-ram files if not given. */
  readonly forms?: readonly FuzzForm[];
  /** Called after every group with the number of files that are done. */
  readonly onProgress?: (done: number) => void;
  /** Looked at between groups. */
  readonly signal?: AbortSignal;
}

/** What a run has found. */
export interface FuzzRun {
  readonly seed: string;
  readonly count: number;
  readonly figures: readonly FuzzFigures[];
  /** Disagreements that no rule explains. */
  readonly unexplained: readonly Assessed[];
  /** Files without a verdict. */
  readonly notJudged: readonly NotJudged[];
}

/** Damages files, and compares what the linter predicts with what QEMU does. The same seed gives the same files. */
export async function runFuzz({
  seed,
  count,
  against,
  forms,
  onProgress,
  signal,
}: FuzzOptions): Promise<FuzzRun> {
  const assessed: Assessed[] = [];
  const notJudged: NotJudged[] = [];
  let done = 0;
  while (done < count && signal?.aborted !== true) {
    const size = Math.min(GROUP_SIZE, count - done);
    const first = done;
    const cases = await Promise.all(
      Array.from({ length: size }, (_, index) => planCase(seed, first + index, forms)),
    );
    const judged = await judgeCases(cases, against);
    for (const comparison of judged.comparisons) {
      const rule = agrees(comparison) ? undefined : await explain(comparison);
      assessed.push({ comparison, explainedBy: rule?.id });
    }
    notJudged.push(...judged.notJudged);
    done += size;
    onProgress?.(done);
  }
  const unexplained = assessed.filter(
    ({ comparison, explainedBy }) => !agrees(comparison) && explainedBy === undefined,
  );
  return { seed, count: done, figures: countFigures(against, assessed), unexplained, notJudged };
}
