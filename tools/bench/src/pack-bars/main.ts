/**
 * `npm run pack-bars`: what is promised of packed files, seals and differences, measured on a Linux guest's snapshots and held
 * against programs that run in turns with it. All files but the snapshots are in memory.
 */
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openSnapshot } from '@mapped-ram/reader';
import { openFileSource } from '@mapped-ram/reader/file';
import { CHECKOUT_PATH } from '@mapped-ram/tool-qemu';
import { measure, runUntimed, type Taken } from '../measure.js';
import { linuxSnapshots } from '../snapshot-files.js';
import { median } from '../spread.js';
import { pageMilliseconds, sealRate, shareOfQuickLint } from './in-process.js';

const GIB = 2 ** 30;
const MIB = 2 ** 20;
const ROUNDS = 5;
const mr = ['node', join(CHECKOUT_PATH, 'packages/cli/dist/bundle/mr.js')];

const missed: string[] = [];
function tell(what: string, figure: string, holds: boolean): void {
  console.log(`${holds ? 'holds ' : 'MISSED'}  ${what}: ${figure}`);
  if (!holds) missed.push(what);
}

const { first, later } = await linuxSnapshots();
const folder = await mkdtemp('/dev/shm/pack-bars-');
const at = (name: string) => join(folder, name);
try {
  const setBytes = await writeSetBytes(first, at('set'));
  console.log(`a Linux guest of 1 GiB, ${Math.round(setBytes / MIB)} MiB of which are set`);

  const pack = [...mr, 'pack', '-f', first, at('packed')];
  const zstd = (...args: string[]) => ['zstd', '-1', '-qf', ...args];
  const cpu = await inPairs([...pack, '--channels', '1'], zstd(at('set'), '-o', at('zst')));
  tell(
    'pack, processor time against zstd -1 over the set bytes, at most 1.1',
    text(cpu, 'cpuSeconds'),
    cpu.ratios.cpuSeconds <= 1.1,
  );
  const wall = await inPairs([...pack, '--channels', '2'], zstd('-T2', first, '-o', at('zst')));
  tell(
    'pack with 2 channels, time against zstd -1 -T2, at most 1',
    text(wall, 'seconds'),
    wall.ratios.seconds <= 1,
  );
  await runUntimed(zstd(first, '-o', at('zst')));
  const [packedBytes, zstdBytes] = [await sizeOf(at('packed')), await sizeOf(at('zst'))];
  const size = packedBytes / zstdBytes;
  tell(
    'packed size against zstd -1, at most 1.01',
    `${mib(packedBytes)} and ${mib(zstdBytes)}, ${size.toFixed(3)}`,
    size <= 1.01,
  );

  const unpack = (channels: number) => [
    ...mr,
    'unpack',
    '-f',
    '--channels',
    String(channels),
    at('packed'),
    at('plain'),
  ];
  const decompress = ['zstd', '-dqf', at('packed'), '-o', at('plain')];
  const clear = ['rm', '-f', at('plain')];
  const one = await inPairs(unpack(1), decompress, clear);
  tell(
    'unpack with 1 channel, time against zstd -d, at most 1',
    text(one, 'seconds'),
    one.ratios.seconds <= 1,
  );
  const two = await inPairs(unpack(2), decompress, clear);
  tell(
    'unpack with 2 channels to a file in memory, at least 1.5 times as fast',
    text(two, 'seconds'),
    two.ratios.seconds <= 1 / 1.5,
  );
  await runUntimed(clear);

  for (const [kind, most] of [
    ['native', 1],
    ['wasm', 4],
  ] as const) {
    const milliseconds = await pageMilliseconds(at('packed'), kind);
    const figure =
      milliseconds === undefined ? 'skipped: there is no libzstd' : `${milliseconds.toFixed(2)} ms`;
    tell(
      `a random page by ${kind}, at most ${most} ms of processor time`,
      figure,
      (milliseconds ?? 0) <= most,
    );
  }
  const share = await shareOfQuickLint(at('packed'));
  tell('quick lint reads at most 2% of the packed bytes', `${(share * 100).toFixed(2)}%`, share <= 0.02);

  const rate = await sealRate(first, setBytes);
  tell('seal, MiB of set bytes in a second of a processor, at least 700', rate.toFixed(0), rate >= 700);
  await writeSparse(at('sparse'), 4 * GIB);
  const [sparse] = await measure(
    [{ name: 'seal', command: command(...mr, 'seal', '-f', at('sparse')) }],
    ROUNDS,
  );
  const sparseSeconds = sparse?.seconds ?? Number.NaN;
  tell('seal of 4 GiB without data, under 0.5 s', `${sparseSeconds.toFixed(2)} s`, sparseSeconds < 0.5);

  await runUntimed([...mr, 'delta', '-f', first, later, at('delta')]);
  await runUntimed([...mr, 'pack', '-f', later, at('packed')]);
  const [deltaBytes, fullBytes] = [await sizeOf(at('delta')), await sizeOf(at('packed'))];
  const part = deltaBytes / fullBytes;
  tell(
    'delta of two snapshots minutes apart, at most 12% of a pack',
    `${mib(deltaBytes)} of ${mib(fullBytes)}, ${(part * 100).toFixed(1)}%`,
    part <= 0.12,
  );
} finally {
  await rm(folder, { recursive: true });
}
process.exitCode = missed.length === 0 ? 0 : 1;

/** Two commands that were run in turns: medians, and the median of the ratios of each pair. */
interface Pair {
  readonly one: Taken;
  readonly other: Taken;
  readonly ratios: Taken;
}

async function inPairs(
  one: readonly string[],
  other: readonly string[],
  before?: readonly string[],
): Promise<Pair> {
  const contenders = [one, other].map((argv) => ({
    name: argv.join(' '),
    command: command(...argv),
    ...(before !== undefined && { before: command(...before) }),
  }));
  const [first, second] = await measure(contenders, ROUNDS);
  if (first === undefined || second === undefined) throw new RangeError('two were measured');
  const ratio = (key: keyof Taken) =>
    median(first.runs.map((run, index) => run[key] / (second.runs[index]?.[key] ?? Number.NaN)));
  return {
    one: first,
    other: second,
    ratios: { seconds: ratio('seconds'), cpuSeconds: ratio('cpuSeconds') },
  };
}

function command(...[program = '', ...args]: readonly string[]): [string, ...string[]] {
  return [program, ...args];
}

/** The bytes of all pages that are set, one after another. @returns how many */
async function writeSetBytes(path: string, to: string): Promise<number> {
  const source = await openFileSource(path);
  const out = await open(to, 'w');
  try {
    const snapshot = await openSnapshot(source);
    let done = 0;
    for (const block of snapshot.ramBlocks) {
      for await (const batch of snapshot.runs(block)) {
        for (const { firstPage, pageCount } of batch) {
          const bytes = new Uint8Array(pageCount * block.pageSize);
          await source.read(bytes, block.pagesOffset + firstPage * block.pageSize);
          await out.write(bytes);
          done += bytes.length;
        }
      }
    }
    return done;
  } finally {
    await out.close();
    await source.close();
  }
}

async function writeSparse(path: string, sizeBytes: number): Promise<void> {
  const file = await open(path, 'w');
  await file.truncate(sizeBytes);
  await file.close();
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path)).size;
}

function text({ one, other, ratios }: { one: Taken; other: Taken; ratios: Taken }, key: keyof Taken): string {
  return `${one[key].toFixed(2)} s and ${other[key].toFixed(2)} s, ${ratios[key].toFixed(2)}`;
}

function mib(bytes: number): string {
  return `${(bytes / MIB).toFixed(1)} MiB`;
}
