import { checkNothingLost, findUnmarkedPages } from '@mapped-ram/facts';
import { MappedRamError } from '@mapped-ram/format';
import type { RamBlock, Snapshot } from '@mapped-ram/reader';
import type { ExtractOptions } from './extract-options.js';
import type { SnapshotPlace } from './write-output.js';

/**
 * Refuses blocks of which the snapshot does not give all memory.
 *
 * @throws MappedRamError `unsupported` for a block that `x-ignore-shared` left out; `unmarked-pages` for one with pages that hold data
 * and are not marked, which would come out as zeros.
 */
export async function checkMemoryWhole(
  snapshot: Snapshot,
  { bytes }: SnapshotPlace,
  blocks: readonly RamBlock[],
  { dropUnmarkedPages, signal }: ExtractOptions,
): Promise<void> {
  for (const { ignored, idstr, byteOffset } of blocks) {
    if (!ignored) continue;
    throw new MappedRamError('unsupported', {
      what: `the memory of ${idstr} is not in the snapshot (x-ignore-shared)`,
      byteOffset,
    });
  }
  if (dropUnmarkedPages === true) return;
  const report = await findUnmarkedPages(snapshot, bytes, { blocks: new Set(blocks), signal });
  checkNothingLost(report, '--drop-unmarked-pages takes zeros in their place');
}
