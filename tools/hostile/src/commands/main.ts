import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type CommandFigures, fuzzCommands } from './fuzz-commands.js';
import { Bounds } from './run-case.js';

const program = fileURLToPath(new URL('../main.js', import.meta.url));

/** Which cases are asked for. */
export interface CommandRequest {
  readonly seed: number;
  readonly from: number;
  readonly count: number;
  /** One case alone, shown in full. */
  readonly replay?: number | undefined;
}

/**
 * Runs every command on damaged files and prints the figures.
 *
 * @returns The exit status: 0 where every promise was kept.
 */
export async function runCommands({ seed, from, count, replay }: CommandRequest): Promise<number> {
  if (replay !== undefined) return showCase(seed, replay);
  setFlagsFromString('--expose-gc');
  global.gc = runInNewContext('gc');
  const figures = await fuzzCommands({
    seed,
    from,
    count,
    onCase(number, { broken, argv, how }) {
      for (const why of broken) console.log(`broken: case ${number}: ${why}\n  ${argv.join(' ')}\n  ${how}`);
      if (number % 5000 === 4999) console.log(`${number + 1 - from} cases`);
    },
  });
  // A fresh process tells what a case takes by itself.
  const greedy = figures.suspects.filter((number) => !isFine(seed, number));
  for (const number of greedy)
    console.log(`broken: case ${number}: more than ${Bounds.cpuSeconds} s or 300 MiB, also alone`);
  print(figures, seed, greedy.length, figures.suspects.length);
  return figures.broken.length + greedy.length === 0 ? 0 : 1;
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
