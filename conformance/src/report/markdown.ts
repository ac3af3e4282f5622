import type { ResultStatus } from '../run/expectation.js';
import {
  type FiguresFile,
  figuresHead,
  figuresIntroduction,
  figuresReasons,
  figuresRows,
} from './figures.js';
import { countStatuses, type ReportModel } from './report-model.js';

/** A sign for each status, for tables. */
export const statusSigns: Readonly<Record<ResultStatus, string>> = {
  passed: '✓',
  skipped: '–',
  'known-failing': '(✗)',
  'unexpected-pass': '✓!',
  failed: '✗',
  errored: '?',
  malformed: 'malformed',
  'over-memory': 'memory',
  'timed-out': 'time',
  crashed: 'crash',
};

/** The report as Markdown: a table of counts, what failed and why, and all vectors. */
export function markdownReport(model: ReportModel, figures?: FiguresFile): string {
  const { testees, rows } = model;
  const counts = countStatuses(model);
  const failures = rows.flatMap(({ id, cells }) =>
    cells.flatMap((cell, index) =>
      (cell?.results ?? [])
        .filter(({ status }) => status !== 'passed' && status !== 'skipped')
        .map(({ question, status, detail }) => [
          id,
          testees[index] ?? '',
          `${status}: ${question}: ${detail}`,
        ]),
    ),
  );
  return [
    '# Conformance',
    '',
    ...table(
      ['testee', 'passed', 'failed', 'skipped', 'of'],
      testees.map((testee) => {
        const of = (...statuses: ResultStatus[]) =>
          String(statuses.reduce((sum, status) => sum + (counts.get(testee)?.get(status) ?? 0), 0));
        const total = [...(counts.get(testee)?.values() ?? [])].reduce((sum, count) => sum + count, 0);
        const bad = total - Number(of('passed', 'skipped'));
        return [testee, of('passed'), String(bad), of('skipped'), String(total)];
      }),
    ),
    '',
    ...(failures.length === 0
      ? ['Nothing failed.']
      : ['## What failed', '', ...table(['vector', 'testee', 'how'], failures)]),
    '',
    ...(figures === undefined ? [] : fuzzing(figures)),
    '## Vectors',
    '',
    ...table(
      ['vector', 'expected', 'QEMU 10.0', 'QEMU 11.1', ...testees],
      rows.map(({ id, vector, task, cells }) => [
        `\`${id}\``,
        task === undefined ? (vector?.expected.outcome ?? 'accepted') : 'written',
        vector?.qemu?.['10.0']?.plain?.verdict ?? '',
        vector?.qemu?.['11.1']?.plain?.verdict ?? '',
        ...cells.map((cell) => (cell === undefined ? '' : statusSigns[cell.status])),
      ]),
    ),
    '',
  ].join('\n');
}

function fuzzing(figures: FiguresFile): string[] {
  return [
    ...['## Fuzzing', '', figuresIntroduction(figures), ''],
    ...table(figuresHead, figuresRows(figures)),
    ...[
      '',
      `What only the destination knows, and in how many files at most: ${figuresReasons(figures).join('; ')}.`,
      '',
    ],
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
