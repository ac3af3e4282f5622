import { padLeft, padRight, textWidth } from '../shared/text-width.js';

/** A column of a table: its heading, and on which side its cells are aligned. */
export interface TableColumn {
  readonly heading: string;
  readonly align?: 'left' | 'right';
}

/**
 * Lines of a table with a heading, two spaces between its columns. A column of nothing but empty cells is left out.
 *
 * @param rows As many cells as there are columns, fit for the terminal.
 */
export function textTable(columns: readonly TableColumn[], rows: readonly (readonly string[])[]): string[] {
  const used = columns
    .map((column, index) => ({ ...column, index }))
    .filter(({ index }) => rows.some((row) => row[index] !== ''))
    .map((column) => ({ ...column, width: widthOf(column.heading, rows, column.index) }));
  const lineOf = (cells: readonly (string | undefined)[]) =>
    used
      .map(({ align = 'left', index, width }) => {
        const cell = cells[index] ?? '';
        return align === 'left' ? padRight(cell, width) : padLeft(cell, width);
      })
      .join('  ')
      .trimEnd();
  return [lineOf(columns.map(({ heading }) => heading)), ...rows.map(lineOf)];
}

function widthOf(heading: string, rows: readonly (readonly string[])[], index: number): number {
  return rows.reduce((width, row) => Math.max(width, textWidth(row[index] ?? '')), textWidth(heading));
}
