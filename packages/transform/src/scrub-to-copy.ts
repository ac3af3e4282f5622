import { checkOptions } from '@mapped-ram/format';
import type { ByteSource, Snapshot } from '@mapped-ram/reader';
import type { SnapshotTarget } from '@mapped-ram/writer';
import { copyPages, layoutInPlace, openToCopy } from './copy-snapshot.js';
import { transformChecks } from './option-checks.js';
import type { TransformOptions } from './options.js';

/** What was scrubbed. */
export interface ScrubReport {
  /** Pages that were stored though they were zero, and are holes now. */
  readonly zeroPages: number;
  /** Pages that are in the file, by block. */
  readonly setPages: readonly number[];
}

/**
 * Copies a snapshot without what is not memory: bytes under clear bits, and stored pages that are zero, become holes.
 *
 * @throws MappedRamError as `openComplete` and `createSnapshot` do. The target is then to be given up.
 */
export async function scrubToCopy(
  source: ByteSource,
  target: SnapshotTarget,
  options: TransformOptions = {},
): Promise<ScrubReport> {
  checkOptions(options, transformChecks);
  const snapshot = await openToCopy(source, options, true);
  const setBefore = await countSetPages(snapshot);
  const { setPages } = await copyPages(snapshot, target, layoutInPlace(snapshot, source), options, true);
  return { zeroPages: setBefore - sum(setPages), setPages };
}

async function countSetPages(snapshot: Snapshot): Promise<number> {
  let count = 0;
  for (const block of snapshot.ramBlocks) count += await snapshot.countSetPages(block);
  return count;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
