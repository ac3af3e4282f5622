import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseFigures } from '../report/figures.js';
import { formatReport, type ReportFormat, reportFileNames, reportFormats } from '../report/formats.js';
import type { TesteeResults } from '../report/report-model.js';
import { captureCandidates, vectorCandidates } from '../run/candidates.js';
import type { RunResult } from '../run/expectation.js';
import { failsTheRun } from '../run/known-failing.js';
import { runEverything } from '../run/run-everything.js';
import { listTestees } from '../run/testees.js';
import { readVectors } from '../vector/store.js';
import { readTasks } from '../writing/task-store.js';
import type { Command } from './command.js';
import { select } from './select.js';
import { UsageError } from './usage-error.js';

/** `conformance run` */
export const runCommand: Command = {
  name: 'run',
  summary: 'Put the vectors to testees, and have them write.',
  help: `conformance run --testee NAME|FOLDER... [--run PATTERN] [--captures] [--keep-going] [--report FORMAT... [-o FILE|FOLDER]]

  --testee NAME    ${listTestees().join(', ')}; all of them; or a folder that has a testee.json. May be repeated
  --run PATTERN    only vectors whose id fits, such as 'header/*'; writing/* are snapshots that the testee writes
  --keep-going     ask everything, even if the testee passes none of the smoke set, which comes first
  --captures       also put every good capture to it, as captures/<id>: each must restore
  --report FORMAT  ${reportFormats.join(', ')}: a report in place of the list of failures. May be repeated
  --fuzz FILE      tell of a run of the fuzzer in the report, whose --figures are in this file
  -o FILE          where the report goes; standard output by default. Of several reports, the folder: ${Object.values(reportFileNames).join(', ')}

Exit status 0 where every answer is as recorded, listed in the testee's known-failing.txt, or skipped; 1 otherwise.`,

  async run(args) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        testee: { type: 'string', multiple: true, default: [] },
        run: { type: 'string' },
        captures: { type: 'boolean', default: false },
        'keep-going': { type: 'boolean', default: false },
        report: { type: 'string', multiple: true, default: [] },
        output: { type: 'string', short: 'o' },
        fuzz: { type: 'string' },
      },
    });
    if (values.testee.length === 0) {
      throw new UsageError(`--testee is missing; there are ${listTestees().join(', ')}, or all`);
    }
    const formats = values.report.map(toFormat);
    const { output } = values;
    if (output !== undefined && formats.length === 0) throw new UsageError('-o needs --report');
    if (output === undefined && formats.length > 1) throw new UsageError('several reports need -o FOLDER');
    const testees = values.testee.flatMap((name) => (name === 'all' ? listTestees() : [name]));
    const all = [...vectorCandidates(), ...(values.captures ? captureCandidates() : [])];
    const tasks = readTasks();
    const ids = new Set(select([...all, ...tasks], values.run).map(({ id }) => id));
    const questions = {
      candidates: all.filter(({ id }) => ids.has(id)),
      tasks: tasks.filter(({ id }) => ids.has(id)),
      keepGoing: values['keep-going'],
    };
    const runs: TesteeResults[] = [];
    for (const testee of testees) {
      const { results, notAsked } = await runEverything(testee, questions);
      runs.push({ testee, results });
      if (formats.length === 0 || output !== undefined) printFailures(testee, results, notAsked);
    }
    const subjects = [...readVectors(), ...questions.tasks].filter(({ id }) => ids.has(id));
    const figures = values.fuzz === undefined ? undefined : parseFigures(readFileSync(values.fuzz, 'utf8'));
    for (const format of formats) {
      const report = await formatReport(format, subjects, runs, figures);
      if (output === undefined) process.stdout.write(report);
      else writeReport(output, formats.length > 1, format, report);
    }
    return runs.some(({ results }) => results.some(({ status }) => failsTheRun(status))) ? 1 : 0;
  },
};

/** Several reports go into a folder, one into a file. */
function writeReport(output: string, isFolder: boolean, format: ReportFormat, report: string): void {
  if (isFolder) mkdirSync(output, { recursive: true });
  writeFileSync(isFolder ? join(output, reportFileNames[format]) : output, report);
}

function toFormat(text: string): ReportFormat {
  const format = reportFormats.find((known) => known === text);
  if (format === undefined) throw new UsageError(`--report takes ${reportFormats.join(', ')}, not ${text}`);
  return format;
}

function printFailures(testee: string, results: readonly RunResult[], notAsked: number): void {
  const counts = new Map<string, number>();
  const skipped = new Map<string, number>();
  for (const { id, question, status, detail } of results) {
    counts.set(status, (counts.get(status) ?? 0) + 1);
    if (status === 'skipped') skipped.set(detail, (skipped.get(detail) ?? 0) + 1);
    else if (status !== 'passed') console.log(`${status.padEnd(15)} ${id} (${question}): ${detail}`);
  }
  for (const [reason, times] of skipped) console.log(`${`${times} skipped`.padEnd(15)} ${reason}`);
  console.log(`${testee}: ${[...counts].map(([status, count]) => `${count} ${status}`).join(', ')}`);
  if (notAsked > 0) {
    console.log(
      `${testee} passes none of the smoke set: ${notAsked} more were not asked; --keep-going asks them`,
    );
  }
}
