import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, ExitStatus, lastValue, oneOf, UsageError } from '@mapped-ram/cli/command-framework';
import { writeWholeFile } from '@mapped-ram/writer/file';
import { packedCandidates } from '../packing/packed-candidates.js';
import { parseFigures } from '../report/figures.js';
import { formatReport, type ReportFormat, reportFileNames, reportFormats } from '../report/formats.js';
import type { TesteeResults } from '../report/report-model.js';
import { captureCandidates, vectorCandidates } from '../run/candidates.js';
import type { RunResult } from '../run/expectation.js';
import { explainVector } from '../run/explain-vector.js';
import { failsTheRun } from '../run/known-failing.js';
import { runEverything } from '../run/run-everything.js';
import { listTestees } from '../run/testees.js';
import { readVectors } from '../vector/store.js';
import { readTasks } from '../writing/task-store.js';
import { select } from './select.js';

/** `conformance run` */
export const runCommand: Command = {
  arguments: '[options] --testee NAME|FOLDER',
  description:
    'Puts the vectors to testees, which are programs that read or write snapshots, and has them write. The failures are ' +
    'listed, or a report is made. A run begins with a smoke set, and ends there where a testee passes none of it.',
  optionGroups: [
    {
      title: 'Options',
      options: [
        {
          name: 'testee',
          value: 'NAME|FOLDER',
          repeatable: true,
          help: `${listTestees().join(', ')}; all of them; or a folder that has a testee.json.`,
        },
        {
          name: 'run',
          value: 'PATTERN',
          help: "Only vectors whose id fits, such as 'header/*'; packed/* are packed files, writing/* snapshots that the testee writes.",
        },
        { name: 'keep-going', help: 'Ask everything, even if the testee passes none of the smoke set.' },
        { name: 'captures', help: 'Also put every good capture to it, as captures/ID: each must restore.' },
        {
          name: 'report',
          value: 'FORMAT',
          repeatable: true,
          help: `${reportFormats.join(', ')}: a report in place of the list of failures.`,
        },
        {
          name: 'fuzz',
          value: 'FILE',
          help: "Tell of a run of the fuzzer in the report: FILE has its figures, which 'fuzz --figures' wrote.",
        },
        {
          name: 'output',
          short: 'o',
          value: 'FILE|FOLDER',
          help: `Where the report goes; standard output by default. Of several reports the folder: ${Object.values(reportFileNames).join(', ')}.`,
        },
      ],
    },
  ],
  exitStatus: [
    ['0', "every answer is as recorded, listed in the testee's known-failing.txt, or skipped"],
    ['1', 'some answer is not'],
    ['2', 'the command line cannot be used, or something could not be read'],
  ],
  examples: [
    ['conformance run --testee ts', 'our reader, linter and writer'],
    ["conformance run --testee ./mine --run 'header/*'", 'a testee of your own, and one area'],
  ],

  async run(line) {
    const values = {
      testee: line.values.get('testee') ?? [],
      run: lastValue(line, 'run'),
      report: line.values.get('report') ?? [],
      output: lastValue(line, 'output'),
      fuzz: lastValue(line, 'fuzz'),
    };
    if (values.testee.length === 0) {
      throw new UsageError(`--testee is missing; there are ${listTestees().join(', ')}, or all`);
    }
    const formats = values.report.map((text) => oneOf('report', text, reportFormats));
    const { output } = values;
    if (output !== undefined && formats.length === 0) throw new UsageError('-o needs --report');
    if (output === undefined && formats.length > 1) throw new UsageError('several reports need -o FOLDER');
    const testees = values.testee.flatMap((name) => (name === 'all' ? listTestees() : [name]));
    const all = [
      ...vectorCandidates(),
      ...packedCandidates(),
      ...(line.flags.has('captures') ? captureCandidates() : []),
    ];
    const tasks = readTasks();
    const ids = new Set(select([...all, ...tasks], values.run).map(({ id }) => id));
    const questions = {
      candidates: all.filter(({ id }) => ids.has(id)),
      tasks: tasks.filter(({ id }) => ids.has(id)),
      keepGoing: line.flags.has('keep-going'),
    };
    const runs: TesteeResults[] = [];
    for (const testee of testees) {
      const { results, notAsked } = await runEverything(testee, questions);
      runs.push({ testee, results });
      if (formats.length === 0 || output !== undefined) await printFailures(testee, results, notAsked);
    }
    const subjects = [...readVectors(), ...questions.tasks].filter(({ id }) => ids.has(id));
    const figures = values.fuzz === undefined ? undefined : parseFigures(readFileSync(values.fuzz, 'utf8'));
    for (const format of formats) {
      const report = await formatReport(format, subjects, runs, figures);
      if (output === undefined) process.stdout.write(report);
      else await writeReport(output, formats.length > 1, format, report);
    }
    return runs.some(({ results }) => results.some(({ status }) => failsTheRun(status)))
      ? ExitStatus.errorsFound
      : ExitStatus.ok;
  },
};

/** Several reports go into a folder, one into a file. */
async function writeReport(
  output: string,
  isFolder: boolean,
  format: ReportFormat,
  report: string,
): Promise<void> {
  if (isFolder) mkdirSync(output, { recursive: true });
  const path = isFolder ? join(output, reportFileNames[format]) : output;
  await writeWholeFile(path, report, { overwrite: true, mode: 0o644 });
}

async function printFailures(testee: string, results: readonly RunResult[], notAsked: number): Promise<void> {
  const explained = new Set<string>();
  const counts = new Map<string, number>();
  const skipped = new Map<string, number>();
  for (const { id, question, status, detail } of results) {
    counts.set(status, (counts.get(status) ?? 0) + 1);
    if (status === 'skipped') skipped.set(detail, (skipped.get(detail) ?? 0) + 1);
    else if (status !== 'passed') {
      console.log(`${status.padEnd(15)} ${id} (${question}): ${detail}`);
      if (failsTheRun(status) && !explained.has(id)) {
        explained.add(id);
        for (const line of await explainVector(id)) console.log(`  ${line}`);
      }
    }
  }
  for (const [reason, times] of skipped) console.log(`${`${times} skipped`.padEnd(15)} ${reason}`);
  console.log(`${testee}: ${[...counts].map(([status, count]) => `${count} ${status}`).join(', ')}`);
  if (notAsked > 0) {
    console.log(
      `${testee} passes none of the smoke set: ${notAsked} more were not asked; --keep-going asks them`,
    );
  }
}
