import { countStatuses, type ReportModel } from './report-model.js';

/** The report as JSON, for programs. */
export function jsonReport(model: ReportModel): string {
  const { testees, rows } = model;
  const counts = countStatuses(model);
  const report = {
    version: 1,
    testees: testees.map((name) => ({ name, counts: Object.fromEntries(counts.get(name) ?? []) })),
    vectors: rows.map(({ id, vector, task, cells }) => ({
      id,
      what: (vector ?? task)?.what,
      clauses: (vector ?? task)?.clauses,
      expected: task === undefined ? (vector?.expected.outcome ?? 'accepted') : 'written',
      qemu: vector?.qemu,
      results: Object.fromEntries(
        cells.flatMap((cell, index) =>
          cell === undefined
            ? []
            : [
                [
                  testees[index] ?? '',
                  {
                    status: cell.status,
                    questions: cell.results.map(({ question, status, detail }) => ({
                      question,
                      status,
                      detail,
                    })),
                  },
                ],
              ],
        ),
      ),
    })),
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}
