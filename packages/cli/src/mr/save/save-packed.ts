import { rename, rm, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { MappedRamError } from '@mapped-ram/format';
import { type SavedSnapshot, type SaveOptions, saveSnapshot } from '@mapped-ram/migrate';
import { type PackReport, packFile } from '@mapped-ram/pack/file';
import type { QmpClient } from '@mapped-ram/qmp';
import { allocatedBytes } from '@mapped-ram/reader/file';
import { type SavedTrim, trimSaved } from './trim-saved.js';

/** What was saved and packed. */
export interface PackedSave {
  readonly saved: SavedSnapshot;
  readonly packed: PackReport;
  /** Undefined where it was not asked for. */
  readonly trim: SavedTrim | undefined;
  /** How long packing took, in milliseconds. */
  readonly packMs: number;
  /** Disk that both files took together, in bytes. */
  readonly peakDiskBytes: number;
}

/** How to save. */
export interface PackedSaveOptions extends SaveOptions {
  readonly signal: AbortSignal;
  /** Whether what the guest does not use is dropped before it is packed. */
  readonly trims: boolean;
}

/**
 * Saves a guest into a packed file. QEMU writes to fixed places, so it saves into a file beside it, which is gone afterwards. Where
 * packing fails when the guest is saved, that file stays, and the error names it: what it holds may be nowhere else.
 *
 * @throws MappedRamError `target-exists`, `write-failed`; what `saveSnapshot` and `packFile` throw.
 */
export async function savePacked(
  qmp: QmpClient,
  path: string,
  { trims, ...options }: PackedSaveOptions,
): Promise<PackedSave> {
  const { overwrite, byteOffset, signal } = options;
  await checkFree(path, overwrite);
  const plain = join(dirname(path), `.${basename(path)}.${process.pid}.unpacked`);
  const saved = await saveSnapshot(qmp, plain, { ...options, overwrite: false });
  const trim = trims ? await trimSaved(plain, { signal }) : undefined;
  const begunAt = performance.now();
  try {
    const channels = availableParallelism();
    const packed = await packFile(
      { input: plain, output: path, overwrite },
      { channels, streamOffset: byteOffset, signal },
    );
    const packMs = performance.now() - begunAt;
    const peakDiskBytes = (await allocatedBytes(plain)) + packed.packedBytes;
    await rm(plain);
    return { saved: { ...saved, path }, packed, trim, packMs, peakDiskBytes };
  } catch (cause) {
    const kept = `${path}.unpacked`;
    await rename(plain, kept);
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new MappedRamError('write-failed', {
      what: `the guest is saved, in ${kept}; packing it failed: ${reason}`,
      cause,
    });
  }
}

/** QEMU is not asked where the file could not take its name. */
async function checkFree(path: string, overwrite: boolean | undefined): Promise<void> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  if (isThere && overwrite !== true)
    throw new MappedRamError('target-exists', { what: `${path} exists already` });
}
