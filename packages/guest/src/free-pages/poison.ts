import type { RamBlock, Snapshot } from '@mapped-ram/reader';
import type { PageSet } from './page-set.js';

/** What `page_poison=1` writes into pages when they become free, and looks for when they are used again (Linux: mm/page_poison.c). */
const POISON = 0xaa;

/** Pages that are looked at, at most. */
const SAMPLES = 512;

/** So many of them full of poison are no coincidence: in a guest that poisons, all are. */
const POISONED_SHARE = 1 / 16;

/**
 * Whether a guest poisons its free pages. It would find its poison gone, and take that for damage.
 *
 * @param stored Free pages that are in the snapshot.
 * @throws MappedRamError as `readPages` does.
 */
export async function hasPoison(snapshot: Snapshot, stored: PageSet): Promise<boolean> {
  const total = stored.pages;
  if (total === 0) return false;
  const step = Math.max(1, Math.floor(total / SAMPLES));
  let looked = 0;
  let poisoned = 0;
  for (const block of stored.blocks) {
    const page = new Uint8Array(block.pageSize);
    for (const index of everyNth(stored, block, step)) {
      await snapshot.readPages(block, index, page);
      looked++;
      if (page.every((byte) => byte === POISON)) poisoned++;
    }
  }
  return poisoned > looked * POISONED_SHARE;
}

function everyNth(stored: PageSet, block: RamBlock, step: number): number[] {
  const pages: number[] = [];
  let position = 0;
  stored.forEachRun(block, (first, count) => {
    const ahead = (step - (position % step)) % step;
    for (let page = ahead; page < count; page += step) pages.push(first + page);
    position += count;
  });
  return pages;
}
