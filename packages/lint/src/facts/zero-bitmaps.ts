import type { BlockFacts, LintContext } from '../context.js';
import { hasRamSection, ramSections } from './ram-sections.js';
import { stopOfWalk, walkedToEnd } from './walk-stop.js';

/**
 * Why every bitmap of a file is zero although pages were written: `cancelled`, the save ended before it wrote them;
 * `background-snapshot`, the save completed without writing them; `cleared`, anything else.
 */
export type BitmapLoss = 'cancelled' | 'background-snapshot' | 'cleared';

/** Blocks whose memory is in the file. */
export function storedBlocks({ blocks }: LintContext): readonly BlockFacts[] {
  return blocks.filter(({ block }) => !block.ignored && block.pageCount > 0);
}

/** Undefined where some bit is set, a bitmap cannot be read, or there is no block at all. */
export function bitmapLoss(context: LintContext): BitmapLoss | undefined {
  const stored = storedBlocks(context);
  if (stored.length === 0 || stored.some(({ bitmap }) => bitmap?.setPages !== 0)) return undefined;
  if (isEnded(context)) return wroteData(stored) ? 'cleared' : undefined;
  if (walkedToEnd(context)) return wroteData(stored) ? 'background-snapshot' : undefined;
  const stop = stopOfWalk(context);
  const endsInPart = stop?.error.code === 'unexpected-end' && hasRamSection(context, 'part');
  return endsInPart ? 'cancelled' : undefined;
}

/** Whether guest memory comes to its END, and that to its own. */
function isEnded(context: LintContext): boolean {
  return ramSections(context).some(({ section }) => section.kind === 'end' && section.ram?.ended === true);
}

function wroteData(blocks: readonly BlockFacts[]): boolean {
  return blocks.some(({ dataUnderZeroBitmap }) => dataUnderZeroBitmap !== undefined);
}
