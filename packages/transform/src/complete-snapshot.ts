import { checkNothingLost, findUnmarkedPages, hasRamEnd } from '@mapped-ram/facts';
import { MappedRamError } from '@mapped-ram/format';
import { type ByteSource, openSnapshot, type Snapshot } from '@mapped-ram/reader';
import { checkNotCompressed } from './libvirt-image.js';
import type { TransformOptions } from './options.js';

/**
 * Opens a snapshot whose memory is all there, so that one that is made out of it is not worse than it seems.
 *
 * @throws MappedRamError the first problem of the file; `incomplete-save` where the save did not come to its end;
 * `unmarked-pages` where pages hold data that the bitmaps do not mark and that may be memory, unless it may be dropped.
 */
export async function openComplete(source: ByteSource, options: TransformOptions): Promise<Snapshot> {
  const snapshot = await openSnapshot(source, { ...openOptions(options), tolerant: true });
  checkNotCompressed(snapshot);
  const [problem] = snapshot.problems;
  if (problem !== undefined) throw problem.error;
  if (!hasRamEnd(snapshot)) {
    const what =
      'the ram state has no end, so its bitmaps were not written; a background snapshot can be repaired';
    throw new MappedRamError('incomplete-save', { what });
  }
  if (options.dropUnmarkedPages !== true) {
    checkNothingLost(await findUnmarkedPages(snapshot, source), '--drop-unmarked-pages gives them up');
  }
  return snapshot;
}

/** The options for opening that are among an operation's. */
export function openOptions({ streamOffset, wordOrder }: TransformOptions) {
  return {
    ...(streamOffset !== undefined && { streamOffset }),
    ...(wordOrder !== undefined && { wordOrder }),
  };
}
