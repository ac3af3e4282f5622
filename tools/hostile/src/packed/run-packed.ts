import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadCapture, scratchParent } from '@mapped-ram/fixtures';
import { MappedRamError } from '@mapped-ram/format';
import {
  applyFiles,
  deltaFile,
  openSource,
  packFile,
  sealFile,
  unpackFile,
  verifyFile,
} from '@mapped-ram/pack/file';
import { peakBytes } from '../peak-memory.js';
import { Random } from '../random.js';
import { damage } from './damage.js';

/** What reading keeps to, whatever file it is given. */
const Bounds = { cpuSeconds: 2, peakBytes: 400 * 2 ** 20, outputBytes: 64 * 2 ** 20 } as const;

const KINDS = ['packed', 'seal', 'delta'] as const;

/** What came of damaging files. */
export interface PackedFigures {
  cases: number;
  /** Refused, read as they were, or found to have changed. */
  readonly outcomes: Map<string, number>;
  readonly broken: string[];
  slowestSeconds: number;
}

/**
 * Damages packed files, seals and differences and holds what reads them to its promises: an error by name or the very contents, in
 * bounded time, memory and disk.
 */
export async function runPacked(seed: number, count: number): Promise<PackedFigures> {
  const folder = mkdtempSync(join(scratchParent, 'hostile-packed-'));
  const at = (name: string) => join(folder, name);
  const figures: PackedFigures = { cases: 0, outcomes: new Map(), broken: [], slowestSeconds: 0 };
  try {
    await (await loadCapture('qemu-10.0/pc')).writeTo(at('plain'));
    await (await loadCapture('qemu-10.0/live')).writeTo(at('base'));
    await packFile({ input: at('plain'), output: at('packed') }, { frameBytes: 65_536 });
    await sealFile(at('packed'));
    await sealFile(at('plain'), { output: at('seal') });
    await deltaFile({ base: at('base'), next: at('plain'), output: at('delta') });
    const plain = readFileSync(at('plain'));
    const sound = Object.fromEntries(KINDS.map((kind) => [kind, readFileSync(at(kind))]));
    for (let number = 0; number < count; number++) {
      const random = new Random(Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b));
      const kind = random.pick(KINDS);
      const { bytes, how } = damage(sound[kind] as Buffer, random);
      writeFileSync(at('damaged'), bytes);
      const started = process.cpuUsage();
      const outcome = await outcomeOf(kind, at, plain);
      const { user, system } = process.cpuUsage(started);
      const cpuSeconds = (user + system) / 1e6;
      figures.cases++;
      figures.slowestSeconds = Math.max(figures.slowestSeconds, cpuSeconds);
      figures.outcomes.set(`${kind}: ${outcome}`, (figures.outcomes.get(`${kind}: ${outcome}`) ?? 0) + 1);
      const isBroken = outcome.startsWith('BROKEN') || cpuSeconds > Bounds.cpuSeconds;
      if (isBroken)
        figures.broken.push(`case ${number}, ${kind}, ${how}: ${outcome}, ${cpuSeconds.toFixed(2)} s`);
    }
    const peak = peakBytes();
    if (peak > Bounds.peakBytes) figures.broken.push(`peak memory of ${Math.round(peak / 2 ** 20)} MiB`);
    return figures;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function outcomeOf(
  kind: (typeof KINDS)[number],
  at: (name: string) => string,
  plain: Buffer,
): Promise<string> {
  try {
    if (kind === 'seal') {
      const { isSame } = await verifyFile(at('plain'), { sealPath: at('damaged') });
      return isSame ? 'same' : 'BROKEN: another digest, and no fault of the seal';
    }
    const output = at('out');
    if (kind === 'delta') {
      await applyFiles({ base: at('base'), deltas: [at('damaged')], output }, { overwrite: true });
    } else {
      await readSome(at('damaged'));
      await unpackFile({ input: at('damaged'), output }, {});
    }
    const isSame = readFileSync(output).equals(plain);
    const isSmall = statSync(output).blocks * 512 <= Bounds.outputBytes;
    rmSync(output);
    return isSame && isSmall ? 'the very file' : 'BROKEN: another file';
  } catch (error) {
    if (error instanceof MappedRamError) return error.code;
    return `BROKEN: ${error instanceof Error ? error.stack : error}`;
  } finally {
    rmSync(at('out'), { force: true });
  }
}

/** Reads here and there, as a command does. */
async function readSome(path: string): Promise<void> {
  const { source } = await openSource(path);
  try {
    const page = new Uint8Array(4096);
    for (let part = 0; part < 16; part++) {
      await source.read(page, Math.floor((source.sizeBytes / 16) * part));
    }
  } finally {
    await source.close();
  }
}
