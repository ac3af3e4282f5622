import type { FuzzFigures } from '../fuzz/figures.js';

/** What a figures file of the fuzzer says, in words. @throws SyntaxError where it is none */
export function figuresRemark(json: string): string {
  const { seed, count, figures } = JSON.parse(json) as {
    readonly seed: string;
    readonly count: number;
    readonly figures: readonly FuzzFigures[];
  };
  const parts = figures.map(({ against, bad, badPredicted, unexplained, falseAlarms }) => {
    const share = bad === 0 ? 100 : (100 * badPredicted) / bad;
    return `${against} ${share.toFixed(1)}% of ${bad} bad files predicted, ${unexplained} disagreements unexplained, ${falseAlarms} false alarms`;
  });
  return `Fuzzed with seed ${seed}, ${count} files: ${parts.join('; ')}.`;
}
