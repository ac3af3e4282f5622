import { type FaultBytes, readFaultBytes } from './fault-bytes.js';
import { htmlReport } from './html.js';
import { jsonReport } from './json.js';
import { junitReport } from './junit.js';
import { markdownReport } from './markdown.js';
import { isTask, type ReportSubject, reportModel, type TesteeResults } from './report-model.js';

/** The forms of a report. */
export const reportFormats = ['md', 'html', 'json', 'junit'] as const;

export type ReportFormat = (typeof reportFormats)[number];

/** Writes a report of the results of testees. `remark` is for people: Markdown and HTML have it. */
export async function formatReport(
  format: ReportFormat,
  subjects: readonly ReportSubject[],
  runs: readonly TesteeResults[],
  remark = '',
): Promise<string> {
  const bytes = new Map<string, FaultBytes>();
  if (format === 'html') {
    for (const subject of subjects) {
      const found = isTask(subject) ? undefined : await readFaultBytes(subject);
      if (found !== undefined) bytes.set(subject.id, found);
    }
  }
  const model = reportModel(new Map(subjects.map((subject) => [subject.id, subject])), bytes, runs);
  switch (format) {
    case 'md':
      return markdownReport(model, remark);
    case 'html':
      return htmlReport(model, remark);
    case 'json':
      return jsonReport(model);
    case 'junit':
      return junitReport(model);
  }
}
