import type { DroppablePages, ZoneReport } from '@mapped-ram/guest';

/** A zone of the guest's memory, and what was dropped of it. */
export interface TrimmedZone extends ZoneReport {
  /** Free pages that were in the snapshot, and are dropped. */
  readonly droppedPages: number;
}

/** What was trimmed. */
export interface TrimReport {
  /** The guest's kernel, as `uname -r` tells it. */
  readonly release: string;
  readonly zones: readonly TrimmedZone[];
  /** Pages that are free in the guest, in zones whose free lists agree with the memory map; in the snapshot or not. */
  readonly freePages: number;
  /** Pages that a balloon or virtio-mem holds. */
  readonly offlinePages: number;
  /** Free pages that were left because they are in memory other than main RAM. */
  readonly elsewherePages: number;
  /** Pages that were in the snapshot, and are dropped. */
  readonly droppedPages: number;
  readonly droppedBytes: number;
}

/** What becomes of pages that can be dropped. */
export function trimReport({ guest, free, stored, storedByZone }: DroppablePages): TrimReport {
  let droppedBytes = 0;
  for (const block of stored.blocks) {
    stored.forEachRun(block, (_, count) => {
      droppedBytes += count * block.pageSize;
    });
  }
  return {
    release: guest.release,
    zones: free.zones.map((zone, index) => ({ ...zone, droppedPages: storedByZone[index] ?? 0 })),
    freePages: free.freePages,
    offlinePages: free.offlinePages,
    elsewherePages: free.elsewherePages,
    droppedPages: stored.pages,
    droppedBytes,
  };
}
