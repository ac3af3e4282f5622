import { type FaultBytes, readFaultBytes } from './fault-bytes.js';
import type { FiguresFile } from './figures.js';
import { htmlReport } from './html.js';
import { jsonReport } from './json.js';
import { junitReport } from './junit.js';
import { markdownReport } from './markdown.js';
import { isTask, type ReportSubject, reportModel, type TesteeResults } from './report-model.js';

/** The forms of a report. */
export const reportFormats = ['md', 'html', 'json', 'junit'] as const;

export type ReportFormat = (typeof reportFormats)[number];

/** What the files are called that are together in a folder. */
export const reportFileNames: Readonly<Record<ReportFormat, string>> = {
  md: 'report.md',
  html: 'index.html',
  json: 'report.json',
  junit: 'junit.xml',
};

/** Writes a report of the results of testees. Figures of the fuzzer are for people: Markdown and HTML have them. */
export async function formatReport(
  format: ReportFormat,
  subjects: readonly ReportSubject[],
  runs: readonly TesteeResults[],
  figures?: FiguresFile,
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
      return markdownReport(model, figures);
    case 'html':
      return htmlReport(model, figures);
    case 'json':
      return jsonReport(model);
    case 'junit':
      return junitReport(model);
  }
}
