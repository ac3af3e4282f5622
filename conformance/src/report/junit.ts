import { escapeMarkup } from './escape.js';
import type { ReportModel } from './report-model.js';

/** The report as JUnit's XML, which CI servers read: a suite for each testee, a case for each question. */
export function junitReport({ testees, rows }: ReportModel): string {
  const suites = testees.map((testee, index) => {
    const results = rows.flatMap(({ cells }) => cells[index]?.results ?? []);
    const failures = results.filter(({ status }) => ['failed', 'unexpected-pass'].includes(status)).length;
    const skipped = results.filter(({ status }) => ['skipped', 'known-failing'].includes(status)).length;
    const passed = results.filter(({ status }) => status === 'passed').length;
    const errors = results.length - failures - skipped - passed;
    const cases = results.map(({ id, question, status, detail }) => {
      const head = `    <testcase classname="${escapeMarkup(id)}" name="${escapeMarkup(question)}"`;
      const message = `message="${escapeMarkup(detail)}"`;
      if (status === 'passed') return `${head}/>`;
      if (status === 'skipped' || status === 'known-failing')
        return `${head}><skipped ${message}/></testcase>`;
      const kind = status === 'failed' || status === 'unexpected-pass' ? 'failure' : 'error';
      return `${head}><${kind} type="${status}" ${message}/></testcase>`;
    });
    const counts = `tests="${results.length}" failures="${failures}" errors="${errors}" skipped="${skipped}"`;
    return [`  <testsuite name="${escapeMarkup(testee)}" ${counts}>`, ...cases, '  </testsuite>'].join('\n');
  });
  return ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites>', ...suites, '</testsuites>', ''].join(
    '\n',
  );
}
