import { clipRange } from '@mapped-ram/facts';
import { forEachRun, MappedRamError } from '@mapped-ram/format';
import type { RamBlock, Snapshot } from '@mapped-ram/reader';
import { type GuestOptions, type LinuxGuest, openLinuxGuest } from '../linux-guest.js';
import { type FreePages, type FreePagesOptions, findFreePages } from './find-free-pages.js';
import { PageSet } from './page-set.js';
import { hasPoison } from './poison.js';

/** How to find what can be dropped. */
export interface DroppableOptions extends GuestOptions, FreePagesOptions {}

/** Pages that are in a snapshot and that its guest does not use. */
export interface DroppablePages {
  readonly guest: LinuxGuest;
  readonly free: FreePages;
  /** The pages, by block. */
  readonly stored: PageSet;
  /** How many of them are in which zone, in the order of `free.zones`. */
  readonly storedByZone: readonly number[];
}

/**
 * Finds the pages of a snapshot that its Linux guest does not use: without them the guest goes on as with them.
 *
 * @throws MappedRamError `unsupported` where the guest is not understood, in all of its zones the evidences disagree, it poisons free
 * pages, or its machine's main RAM is not known; `limit-exceeded`; what reading throws.
 */
export async function findDroppablePages(
  snapshot: Snapshot,
  options: DroppableOptions = {},
): Promise<DroppablePages> {
  const guest = await openLinuxGuest(snapshot, options);
  const free = await findFreePages(guest, options);
  const [zone] = free.zones;
  if (zone === undefined) throw unsupported('the guest has no zones of memory');
  if (free.zones.every(({ fault }) => fault !== undefined)) {
    throw unsupported(
      `the guest was saved in the middle of a change of its free pages, or is not understood: ${zone.fault}`,
    );
  }
  if (free.freePages > 0 && free.droppable.blocks.length === 0) {
    throw unsupported('the guest’s free pages are in no block that is known to be main RAM');
  }
  const stored = await intersect(snapshot, free.droppable);
  if (await hasPoison(snapshot, stored)) {
    throw unsupported('the guest poisons its free pages (page_poison), and would take their loss for damage');
  }
  return { guest, free, stored, storedByZone: countByZone(guest, free, stored) };
}

function unsupported(what: string): MappedRamError {
  return new MappedRamError('unsupported', { what });
}

/** The pages of a set that are in the snapshot. */
async function intersect(snapshot: Snapshot, pages: PageSet): Promise<PageSet> {
  const stored = new PageSet(pages.ranges);
  for (const block of pages.blocks) {
    const wanted = pages.bits(block) as Uint8Array;
    for await (const chunk of snapshot.readBitmap(block)) {
      forEachRun(chunk.bytes, snapshot.wordOrder, 0, chunk.pageCount, (first, count) => {
        const from = chunk.firstPage + first;
        forEachRun(wanted, 'le', from, from + count, (page, pageCount) => {
          stored.addPages(block, page, page + pageCount);
        });
      });
    }
  }
  return stored;
}

function countByZone({ physical }: LinuxGuest, { zones, pageSize }: FreePages, stored: PageSet): number[] {
  const address = (frame: number) => BigInt(frame) * BigInt(pageSize);
  return zones.map(({ firstFrame, endFrame }) =>
    physical.ranges.reduce((sum, range) => {
      const part = clipRange(range, address(firstFrame), address(endFrame));
      return part === undefined
        ? sum
        : sum + countPages(stored, part.block, part.blockOffset, part.lengthBytes);
    }, 0),
  );
}

function countPages(stored: PageSet, block: RamBlock, blockOffset: number, lengthBytes: number): number {
  const bits = stored.bits(block);
  if (bits === undefined) return 0;
  const first = Math.floor(blockOffset / block.pageSize);
  let pages = 0;
  forEachRun(bits, 'le', first, Math.floor((blockOffset + lengthBytes) / block.pageSize), (_, count) => {
    pages += count;
  });
  return pages;
}
