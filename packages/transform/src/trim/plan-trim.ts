import { checkOptions, functionOption, signalOption } from '@mapped-ram/format';
import { type DroppableOptions, findDroppablePages } from '@mapped-ram/guest';
import { openComplete } from '../complete-snapshot.js';
import { trimChecks } from '../option-checks.js';
import type { TransformOptions } from '../options.js';
import { openSparseFile, type SparseOptions } from '../sparse-source.js';
import { type TrimReport, trimReport } from './trim-report.js';

/** How to trim. */
export interface TrimOptions
  extends Pick<TransformOptions, 'streamOffset' | 'wordOrder' | 'onProgress'>,
    Pick<DroppableOptions, 'given' | 'map' | 'offline'> {}

/**
 * Tells what trimming a snapshot would drop, and changes nothing.
 *
 * @throws MappedRamError as `openComplete` and `findDroppablePages` do.
 */
export async function planTrim(path: string, options: TrimOptions & SparseOptions = {}): Promise<TrimReport> {
  checkOptions(options, { ...trimChecks, signal: signalOption, openSource: functionOption });
  const source = await openSparseFile(path, options);
  try {
    const snapshot = await openComplete(source, options);
    return trimReport(await findDroppablePages(snapshot, options));
  } finally {
    await source.close();
  }
}
