import type { OptionGroup, OptionSpec } from './option-spec.js';
import { wrap } from './wrap.js';

/** Rows of two columns. */
export type HelpTable = readonly (readonly [left: string, right: string])[];

/** What the text of `--help` is made of. */
export interface HelpContents {
  /** `usage: ...`, in one line. */
  readonly usage: string;
  readonly description: string;
  readonly optionGroups: readonly OptionGroup[];
  readonly exitStatus: HelpTable;
  /** Commands and what they are for. */
  readonly examples: HelpTable;
}

/** The text of `--help`, for a terminal of `columns` characters. Ends with a newline. */
export function helpPage(contents: HelpContents, columns: number): string {
  const { usage, description, optionGroups, exitStatus, examples } = contents;
  const lines = [usage, '', ...wrap(description, columns)];
  const width = Math.max(
    ...optionGroups.flatMap(({ options }) => options.map((option) => synopsis(option).length)),
  );
  for (const { title, options } of optionGroups) {
    const rows = options.map((option) => [synopsis(option), option.help] as const);
    lines.push('', `${title}:`, ...helpTable(rows, columns, width));
  }
  lines.push('', 'Exit status:', ...helpTable(exitStatus, columns));
  lines.push('', 'Examples:', ...helpTable(examples, columns));
  return `${lines.join('\n')}\n`;
}

function synopsis({ name, short, value }: OptionSpec): string {
  const letter = short === undefined ? '' : `-${short}, `;
  return `${letter}--${name}${value === undefined ? '' : ` ${value}`}`;
}

/** A right column that is narrower reads badly. */
const LEAST_RIGHT_COLUMNS = 30;

/** Two columns, the right one wrapped; where the left one leaves too little room, one below the other. */
export function helpTable(
  rows: HelpTable,
  columns: number,
  width = Math.max(...rows.map(([left]) => left.length)),
): string[] {
  if (columns - width - 4 < LEAST_RIGHT_COLUMNS) {
    return rows.flatMap(([left, right]) => [`  ${left}`, ...wrap(right, columns, ' '.repeat(6))]);
  }
  const indent = ' '.repeat(width + 4);
  return rows.flatMap(([left, right]) => wrap(right, columns, `  ${left.padEnd(width)}  `, indent));
}
