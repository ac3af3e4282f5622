import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  addFigures,
  type CommandFigures,
  type CommandRuns,
  fuzzCommands,
  noFigures,
} from './fuzz-commands.js';
import { Bounds } from './run-case.js';

const program = fileURLToPath(new URL('../main.js', import.meta.url));

/** Cases that one process runs: what is left of them in memory makes every further one slower, and look larger. */
const BATCH_CASES = 250;

/** Which cases are asked for. */
export interface CommandRequest {
  readonly seed: number;
  readonly from: number;
  readonly count: number;
  /** Processes at a time. */
  readonly jobs: number;
  /** Commands whose cases alone are run; all if not given. */
  readonly only?: readonly string[] | undefined;
  /** One case alone, shown in full. */
  readonly replay?: number | undefined;
}

/**
 * Runs every command on damaged files and prints the figures.
 *
 * @returns The exit status: 0 where every promise was kept.
 */
export async function runCommands(request: CommandRequest): Promise<number> {
  const { seed, from, count, only, replay } = request;
  if (replay !== undefined) return showCase(seed, replay);
  // It is a process that is to run a batch.
  if (process.send !== undefined) {
    setFlagsFromString('--expose-gc');
    global.gc = runInNewContext('gc');
    process.send(await fuzzCommands({ seed, from, count, only }));
    process.disconnect();
    return 0;
  }
  const figures = await runBatches(request);
  // A fresh process tells what a case takes by itself.
  const greedy = figures.suspects.filter((number) => !isFine(seed, number));
  for (const number of greedy)
    console.log(`broken: case ${number}: more than ${Bounds.cpuSeconds} s or 300 MiB, also alone`);
  print(figures, seed, greedy.length, figures.suspects.length);
  return figures.broken.length + greedy.length === 0 ? 0 : 1;
}

async function runBatches({ seed, from, count, jobs, only }: CommandRequest): Promise<CommandFigures> {
  const figures = noFigures();
  let next = from;
  const work = async () => {
    while (next < from + count) {
      const first = next;
      next = Math.min(first + BATCH_CASES, from + count);
      const more = await runBatch({ seed, from: first, count: next - first, only });
      for (const { number, why, outcome } of more.broken)
        console.log(`broken: case ${number}: ${why}\n  ${outcome.argv.join(' ')}\n  ${outcome.how}`);
      const told = Math.floor(figures.cases / 5000);
      addFigures(figures, more);
      if (Math.floor(figures.cases / 5000) > told) console.log(`${figures.cases} cases`);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return figures;
}

async function runBatch({ seed, from, count, only }: CommandRuns): Promise<CommandFigures> {
  const args = ['--commands', '--seed', seed, '--from', from, '--count', count].map(String);
  if (only !== undefined) args.push('--only', only.join(','));
  const child = fork(program, args, { serialization: 'advanced' });
  const exited = once(child, 'exit');
  const [figures] = await Promise.race([
    once(child, 'message'),
    exited.then(() => {
      throw new Error(`the process that ran the cases from ${from} on died`);
    }),
  ]);
  await exited;
  return figures;
}

async function showCase(seed: number, number: number): Promise<number> {
  let isBroken = false;
  await fuzzCommands({
    seed,
    from: number,
    count: 1,
    onCase(_, outcome) {
      const { argv, how, status, cpuSeconds, peakBytes, broken, text } = outcome;
      const mib = Math.round(peakBytes / 2 ** 20);
      console.log(
        `${argv.join(' ')}\n${how}\nexit status ${status}, ${cpuSeconds.toFixed(2)} s, peak ${mib} MiB\n${JSON.stringify(text.slice(0, 4000))}`,
      );
      for (const why of broken) console.log(`broken: ${why}`);
      isBroken = broken.length > 0 || cpuSeconds > Bounds.cpuSeconds || peakBytes > Bounds.peakBytes;
    },
  });
  return isBroken ? 1 : 0;
}

function isFine(seed: number, number: number): boolean {
  try {
    execFileSync(process.execPath, [
      program,
      '--commands',
      '--seed',
      String(seed),
      '--replay',
      String(number),
    ]);
    return true;
  } catch {
    return false;
  }
}

function print(figures: CommandFigures, seed: number, greedy: number, suspects: number): void {
  const { cases, statuses, made, slowestSeconds, slowest, largestPeakBytes, largest, broken } = figures;
  for (const [key, count] of [...statuses].sort(([a], [b]) => a.localeCompare(b)))
    console.log(`${key}: ${count}`);
  console.log(`snapshots and streams made: ${made}`);
  console.log(`slowest: ${slowestSeconds.toFixed(2)} s of processor (case ${slowest})`);
  console.log(`largest: ${Math.round(largestPeakBytes / 2 ** 20)} MiB (case ${largest})`);
  console.log(`run again alone for time or memory: ${suspects}, of which ${greedy} took too much`);
  console.log(`${cases} cases of seed ${seed}, ${broken.length + greedy} broken`);
}
