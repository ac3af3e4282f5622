import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { median } from './spread.js';

/** A command to measure as a whole process. */
export interface Contender {
  readonly name: string;
  /** Program and arguments. `node` stands for the running Node, whose peak memory is measured too. */
  readonly command: readonly [string, ...string[]];
  /** The exit status of a run that went well; 0 when not given. */
  readonly status?: number;
  /** What is run before each run of it, and not timed. */
  readonly before?: readonly [string, ...string[]];
  /** The program prints the seconds that count: what it does before and after is not compared. */
  readonly timesItself?: boolean;
}

/** What a run took. */
export interface Taken {
  readonly seconds: number;
  /** Of processors, the system's part included; not known of a program that times itself. */
  readonly cpuSeconds: number;
}

/** What one contender took: medians over its runs. */
export interface Figures extends Taken {
  readonly name: string;
  /** In their order. */
  readonly runs: readonly Taken[];
  /** Peak resident memory in bytes; only for Node programs. */
  readonly peakBytes?: number;
}

const preload = fileURLToPath(new URL('./peak-memory.js', import.meta.url));

/**
 * Runs every contender `rounds` times in turns (A B A B ..., so that a machine whose speed drifts treats all alike)
 * after one round that does not count.
 *
 * @throws Error when a command fails: a figure of a failed run means nothing.
 */
export async function measure(contenders: readonly Contender[], rounds: number): Promise<Figures[]> {
  const room = await mkdtemp(join(tmpdir(), 'mapped-ram-bench-'));
  try {
    const runs = contenders.map((): Taken[] => []);
    const peaks = contenders.map((): number[] => []);
    for (let round = 0; round <= rounds; round++) {
      for (const [index, contender] of contenders.entries()) {
        if (contender.before !== undefined) await runUntimed(contender.before);
        const { peakBytes, ...taken } = await runOnce(contender, join(room, 'peak'));
        if (round === 0) continue;
        runs[index]?.push(taken);
        if (peakBytes !== undefined) peaks[index]?.push(peakBytes);
      }
    }
    return contenders.map(({ name }, index) => ({
      name,
      seconds: median(runs[index]?.map(({ seconds }) => seconds) ?? []),
      cpuSeconds: median(runs[index]?.map(({ cpuSeconds }) => cpuSeconds) ?? []),
      runs: runs[index] ?? [],
      ...((peaks[index]?.length ?? 0) > 0 && { peakBytes: Math.max(...(peaks[index] ?? [])) }),
    }));
  } finally {
    await rm(room, { recursive: true, force: true });
  }
}

/** Runs something that is not measured. @throws Error where it fails */
export async function runUntimed([program = '', ...args]: readonly string[]): Promise<void> {
  await promisify(execFile)(program, args);
}

async function runOnce(
  { name, command, status: wanted = 0, timesItself = false }: Contender,
  peakFile: string,
): Promise<Taken & { readonly peakBytes?: number }> {
  const [program, ...args] = command;
  const isNode = program === 'node';
  const argv = isNode ? [process.execPath, '--import', preload, ...args] : [program, ...args];
  // `times` of POSIX shells: its second line is what the command took, of the user and of the system.
  const script = '"$@"; status=$?; times >&3; exit $status';
  const started = performance.now();
  const child = spawn('sh', ['-c', script, 'sh', ...argv], {
    stdio: ['ignore', timesItself ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    env: { ...process.env, PEAK_MEMORY_FILE: peakFile },
  });
  let times = '';
  child.stdio[3]?.on('data', (text: Buffer) => {
    times += text.toString();
  });
  let printed = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
  const seconds = timesItself ? Number(printed) : (performance.now() - started) / 1000;
  if (status !== wanted) throw new Error(`${name} ended with status ${status}: ${errors}`);
  const taken = { seconds, cpuSeconds: secondsOf(times) };
  return isNode ? { ...taken, peakBytes: Number(await readFile(peakFile, 'utf8')) } : taken;
}

/** Of the second line of `times`: `0m1.23s 0m0.45s`. */
function secondsOf(times: string): number {
  const parts = [...(times.split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)];
  return parts.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0);
}
