import type { FuzzFigures } from '../fuzz/figures.js';

/** What `fuzz --figures` writes. */
export interface FiguresFile {
  readonly seed: string;
  readonly count: number;
  /** Why nobody who has only the file could know better, by the names that `explained` has. */
  readonly knowledgeRules: Readonly<Record<string, string>>;
  readonly figures: readonly FuzzFigures[];
}

/** Reads a figures file. @throws SyntaxError where it is none */
export function parseFigures(json: string): FiguresFile {
  const file = JSON.parse(json) as Partial<FiguresFile>;
  const { seed, count, knowledgeRules = {}, figures } = file;
  if (seed === undefined || count === undefined || !Array.isArray(figures)) {
    throw new SyntaxError('these are no figures of the fuzzer');
  }
  return { seed, count, knowledgeRules, figures };
}

/** The head of a table of figures. */
export const figuresHead = ['QEMU', 'files', 'bad', 'of them predicted', 'not explained', 'false alarms'];

/** The rows of a table of figures. */
export function figuresRows({ figures }: FiguresFile): string[][] {
  return figures.map(({ against, judged, bad, badPredicted, unexplained, falseAlarms }) => {
    const share = bad === 0 ? 100 : (100 * badPredicted) / bad;
    return [
      ...[against, String(judged), String(bad), `${badPredicted} (${share.toFixed(1)}%)`],
      ...[String(unexplained), String(falseAlarms)],
    ];
  });
}

/** What the table is about, in words. */
export function figuresIntroduction({ seed, count }: FiguresFile): string {
  return `Files that were damaged at random in one to three places (seed ${seed}, ${count} files): what the linter predicted, and what QEMU did. A file is bad that QEMU refuses, dies of, or restores wrongly; a false alarm is one that QEMU restores rightly and that was called bad.`;
}

/** The reasons that explain what could not be predicted, with the most files that each was met in. */
export function figuresReasons({ figures, knowledgeRules }: FiguresFile): string[] {
  return Object.entries(knowledgeRules).flatMap(([id, why]) => {
    const times = Math.max(0, ...figures.map(({ explained }) => explained[id] ?? 0));
    return times === 0 ? [] : [`${why} (${times})`];
  });
}
