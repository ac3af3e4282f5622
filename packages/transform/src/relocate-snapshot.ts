import { checkOptions, integerOption } from '@mapped-ram/format';
import type { ByteSource } from '@mapped-ram/reader';
import { layoutOf, type SnapshotTarget } from '@mapped-ram/writer';
import { type CopyReport, copyPages, openToCopy } from './copy-snapshot.js';
import { transformChecks } from './option-checks.js';
import type { TransformOptions } from './options.js';

/**
 * Moves a stream to another place in its file, and rewrites every offset: out of a container such as a libvirt image, or
 * to leave room for one. What was before the stream is left out; in front of the new place is a hole.
 *
 * @param toOffset Where the stream shall start, in bytes.
 * @throws RangeError where that is no offset.
 * @throws MappedRamError as `openComplete` and `createSnapshot` do. The target is then to be given up.
 */
export async function relocateSnapshot(
  source: ByteSource,
  target: SnapshotTarget,
  toOffset: number,
  options: TransformOptions = {},
): Promise<CopyReport> {
  integerOption()(toOffset, 'toOffset');
  checkOptions(options, transformChecks);
  const snapshot = await openToCopy(source, options, false);
  const layout = { ...layoutOf(snapshot, source), streamOffset: toOffset };
  return copyPages(snapshot, target, layout, options, false);
}
