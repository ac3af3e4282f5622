import { checkOptions } from '@mapped-ram/format';
import { findDroppablePages } from '@mapped-ram/guest';
import { type ByteSource, openSnapshot } from '@mapped-ram/reader';
import type { SnapshotTarget } from '@mapped-ram/writer';
import { openOptions } from '../complete-snapshot.js';
import { copyPages, layoutInPlace, openToCopy } from '../copy-snapshot.js';
import { transportOption, trimChecks } from '../option-checks.js';
import type { TransformOptions } from '../options.js';
import type { TrimOptions } from './plan-trim.js';
import { type TrimReport, trimReport } from './trim-report.js';
import { withoutPages } from './without-pages.js';

/**
 * Copies a snapshot without the pages that its Linux guest does not use. All else is where and what it was.
 *
 * @throws MappedRamError as `openComplete`, `findDroppablePages` and `createSnapshot` do. The target is then to be given up.
 */
export async function trimToCopy(
  source: ByteSource,
  target: SnapshotTarget,
  options: TrimOptions & Pick<TransformOptions, 'transport'> = {},
): Promise<TrimReport> {
  checkOptions(options, { ...trimChecks, transport: transportOption });
  const snapshot = await openToCopy(source, options, false);
  const droppable = await findDroppablePages(snapshot, options);
  const masked = withoutPages(source, snapshot, droppable.stored);
  const trimmed = await openSnapshot(masked, openOptions(options));
  await copyPages(trimmed, target, layoutInPlace(trimmed, masked), options, false);
  return trimReport(droppable);
}
