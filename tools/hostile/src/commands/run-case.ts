import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { main as mrLintMain, mrMain } from '@mapped-ram/cli';
import { lintSource, qemuVersions } from '@mapped-ram/lint';
import { openFileSource } from '@mapped-ram/reader/file';
import * as memory from '../peak-memory.js';
import { Random } from '../random.js';
import { bases } from './bases.js';
import { type CommandCase, chooseCommand } from './command-lines.js';
import { mutate } from './mutants.js';

/** What every run of a command keeps to, whatever file it is given. */
export const Bounds = {
  cpuSeconds: 2,
  peakBytes: 300 * 2 ** 20,
  /** Of the output on disk, by the input on disk, and what comes on top. */
  outputFactor: 4,
  outputBytes: 64 * 2 ** 20,
} as const;

/** What came of a run. */
export interface CaseOutcome {
  readonly command: string;
  readonly how: string;
  readonly argv: readonly string[];
  readonly status: number;
  readonly makes: CommandCase['makes'];
  readonly cpuSeconds: number;
  readonly peakBytes: number;
  /** Which promises were broken. */
  readonly broken: readonly string[];
  readonly text: string;
}

const STACK = /^\s+at .+:\d+:\d+|a fault of |\bTypeError\b|\bRangeError\b|\bReferenceError\b/m;

/** Anything that a terminal would act on. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

/**
 * Makes a case and runs it. The same seed and number always make the same one.
 *
 * @param only Commands that are run; all if not given.
 * @returns undefined where its command is not one of those.
 */
export async function runCase(
  folder: string,
  seed: number,
  number: number,
  only?: readonly string[],
): Promise<CaseOutcome | undefined> {
  const random = new Random(Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b));
  const base = await random.pick(bases)();
  const { image, how } = mutate(base, random);
  const here = join(folder, 'case');
  rmSync(here, { recursive: true, force: true });
  mkdirSync(here);
  const files = {
    input: join(here, 'in.mr'),
    other: join(folder, 'other.mr'),
    output: join(here, 'out'),
  };
  const command = chooseCommand(files, base, random);
  const name = command.program === 'mr' ? (command.argv[0] ?? '') : command.program;
  if (only?.includes(name) === false) return undefined;
  if (command.argv.includes(files.other)) await base.image.writeTo(files.other);
  await image.writeTo(files.input);
  const inputBytes = diskBytes(files.input);

  let text = '';
  const stream = {
    columns: 100,
    write: (piece: string) => {
      text += piece;
    },
  };
  const run = command.program === 'mr' ? mrMain : mrLintMain;
  memory.resetPeak();
  const started = process.cpuUsage();
  let status = -1;
  let thrown = '';
  try {
    status = await run(
      command.argv,
      { stdout: stream, stderr: stream, env: {} },
      new AbortController().signal,
    );
  } catch (error) {
    thrown = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const { user, system } = process.cpuUsage(started);
  const peakBytes = memory.peakBytes();
  const broken = [
    ...(thrown === '' ? [] : [`threw ${thrown}`]),
    ...faultsOfText(text, status),
    ...faultsOfFiles(here, command, status, inputBytes),
    ...(status === 0 ? await faultsOfSnapshot(here, command) : []),
  ];
  rmSync(files.other, { force: true });
  return {
    command: `${command.program} ${command.program === 'mr' ? command.argv[0] : ''}`.trim(),
    how,
    argv: command.argv,
    status,
    makes: command.makes,
    cpuSeconds: (user + system) / 1e6,
    peakBytes,
    broken,
    text,
  };
}

function faultsOfText(text: string, status: number): string[] {
  const control = CONTROL.exec(text);
  return [
    ...([0, 1, 2].includes(status) ? [] : [`exit status ${status}`]),
    ...(STACK.test(text) ? [`a stack: ${text.slice(0, 1500)}`] : []),
    ...(control === null
      ? []
      : [`control character ${JSON.stringify(control[0])}: ${JSON.stringify(text.slice(0, 300))}`]),
    ...(status === 2 && text === '' ? ['no word of what was wrong'] : []),
  ];
}

function faultsOfFiles(here: string, command: CommandCase, status: number, inputBytes: number): string[] {
  const made = readdirSync(here, { recursive: true, encoding: 'utf8' }).filter((name) => name !== 'in.mr');
  const isExpected = (name: string) =>
    status === 0 &&
    command.makes !== 'nothing' &&
    /^out(\.\w+|\/(state|clone\.json|snapshot\.mr))?$/.test(name);
  const left = made.filter((name) => !isExpected(name));
  const bytes = made.reduce((sum, name) => sum + diskBytes(join(here, name)), 0);
  const most = Bounds.outputFactor * inputBytes + Bounds.outputBytes;
  return [
    ...(left.length === 0 ? [] : [`left ${left.join(', ')} with exit status ${status}`]),
    ...(bytes <= most ? [] : [`${bytes} bytes of output on disk from ${inputBytes}`]),
  ];
}

/** What is wrong with a snapshot that was made: lint says that it restores, in any version. */
async function faultsOfSnapshot(here: string, { makes, readingOptions }: CommandCase): Promise<string[]> {
  if (makes === 'snapshot') return verdictFaults(join(here, 'out'), readingOptions);
  if (makes === 'in-place') return verdictFaults(join(here, 'in.mr'), readingOptions);
  if (makes !== 'stream') return [];
  // A stream is judged as what it becomes.
  const back = join(here, 'back');
  let said = '';
  const stream = {
    write: (piece: string) => {
      said += piece;
    },
  };
  const order = readingOptions.wordOrder === 'be' ? ['--bitmap-order', 'be'] : [];
  const argv = ['convert', '--to', 'mapped-ram', ...order, join(here, 'out'), back];
  const status = await mrMain(
    argv,
    { stdout: stream, stderr: stream, env: {} },
    new AbortController().signal,
  );
  return status === 0 ? [] : [`the stream does not become a snapshot again: ${said}`];
}

async function verdictFaults(path: string, options: CommandCase['readingOptions']): Promise<string[]> {
  // A classic stream in a container is no snapshot; repair mends its header alone.
  const source = await openFileSource(path);
  try {
    const reports = [];
    for (const qemu of qemuVersions.toReversed()) {
      const report = await lintSource(source, { ...options, qemu });
      if (report.verdict === 'restores') return [];
      if (report.findings.some(({ rule }) => rule === 'not-mapped-ram')) return [];
      reports.push(report);
    }
    const errors = reports[0]?.findings.filter(({ severity }) => severity === 'error') ?? [];
    return [
      `lint says ${reports[0]?.verdict}: ${errors.map(({ rule, message }) => `${rule}: ${message}`).join('; ')}`,
    ];
  } finally {
    await source.close();
  }
}

function diskBytes(path: string): number {
  const stats = statSync(path);
  return stats.isFile() ? stats.blocks * 512 : 0;
}
