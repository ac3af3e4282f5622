import { isRamEnded } from '@mapped-ram/facts';
import type { BlockFacts, LintContext } from '../context.js';
import { hasRamSection } from './ram-sections.js';
import { storedBlocks } from './stored-blocks.js';
import { stopOfWalk, walkedToEnd } from './walk-stop.js';

/**
 * Why every bitmap of a file is zero although pages were written: `cancelled`, the save ended before it wrote them;
 * `background-snapshot`, the save completed without writing them; `cleared`, anything else.
 */
export type BitmapLoss = 'cancelled' | 'background-snapshot' | 'cleared';

/** Undefined where some bit is set, a bitmap cannot be read, or there is no block at all. */
export function bitmapLoss(context: LintContext): BitmapLoss | undefined {
  const stored = storedBlocks(context);
  if (stored.length === 0 || stored.some(({ bitmap }) => bitmap?.setPages !== 0)) return undefined;
  if (isRamEnded(context.snapshot)) return wroteData(stored) ? 'cleared' : undefined;
  if (walkedToEnd(context)) return wroteData(stored) ? 'background-snapshot' : undefined;
  const stop = stopOfWalk(context);
  const endsInPart = stop?.error.code === 'unexpected-end' && hasRamSection(context, 'part');
  return endsInPart ? 'cancelled' : undefined;
}

function wroteData(blocks: readonly BlockFacts[]): boolean {
  return blocks.some(({ unmarked }) => unmarked !== undefined);
}
