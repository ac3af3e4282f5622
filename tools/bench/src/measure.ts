import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

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

/** What one contender took: medians over its runs. */
export interface Figures {
  readonly name: string;
  readonly seconds: number;
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
    const times = contenders.map((): number[] => []);
    const peaks = contenders.map((): number[] => []);
    for (let round = 0; round <= rounds; round++) {
      for (const [index, contender] of contenders.entries()) {
        if (contender.before !== undefined) await runUntimed(contender.before);
        const { seconds, peakBytes } = await runOnce(contender, join(room, 'peak'));
        if (round === 0) continue;
        times[index]?.push(seconds);
        if (peakBytes !== undefined) peaks[index]?.push(peakBytes);
      }
    }
    return contenders.map(({ name }, index) => ({
      name,
      seconds: median(times[index] ?? []),
      ...((peaks[index]?.length ?? 0) > 0 && { peakBytes: Math.max(...(peaks[index] ?? [])) }),
    }));
  } finally {
    await rm(room, { recursive: true, force: true });
  }
}

async function runUntimed([program, ...args]: readonly [string, ...string[]]): Promise<void> {
  await promisify(execFile)(program, args);
}

async function runOnce(
  { name, command, status: wanted = 0, timesItself = false }: Contender,
  peakFile: string,
): Promise<Omit<Figures, 'name'>> {
  const [program, ...args] = command;
  const isNode = program === 'node';
  const argv = isNode ? ['--import', preload, ...args] : args;
  const started = performance.now();
  const child = spawn(isNode ? process.execPath : program, argv, {
    stdio: ['ignore', timesItself ? 'pipe' : 'ignore', 'pipe'],
    env: { ...process.env, PEAK_MEMORY_FILE: peakFile },
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
  return isNode ? { seconds, peakBytes: Number(await readFile(peakFile, 'utf8')) } : { seconds };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
