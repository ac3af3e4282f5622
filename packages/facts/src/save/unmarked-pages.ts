import type { RamBlock } from '@mapped-ram/reader';
import { isGuestMemory, storedBlocks } from '../blocks/guest-memory.js';
import type { GuestDuringSave } from './save-manner.js';

/**
 * What bytes under clear bits of a block mean:
 *
 * - `lost`: the pages were saved, and their bits were lost;
 * - `stale`: the pages became zero after they were stored, and QEMU leaves the old bytes behind;
 * - `unclear`: either, and the file does not tell.
 */
export type UnmarkedMeaning = 'lost' | 'stale' | 'unclear';

/** What is known of a snapshot in which there is data under clear bits. */
export interface UnmarkedEvidence {
  readonly ramBlocks: readonly RamBlock[];
  /** How many pages of a block are set; undefined where its bitmap cannot be read. */
  readonly setPagesOf: (block: RamBlock) => number | undefined;
  /** What the guest did during the save. */
  readonly guest: GuestDuringSave;
  /** Whether it lies in a disk image, where an older one may lie under clear bits: `ByteSource.isVmState`. */
  readonly isVmState?: boolean | undefined;
}

/**
 * Tells what bytes under clear bits of a block mean. A save made at a standstill stores each page once, and a page that is zero not
 * at all (QEMU 10.0 to 11.1, migration/ram.c, `ram_save_target_page`), so that no bytes lie under a clear bit of it. In the VM state of a
 * disk image those of an older snapshot may lie there (QEMU 11.1, block/qcow2-snapshot.c, `qcow2_snapshot_create`).
 */
export function meaningOfUnmarked(block: RamBlock, evidence: UnmarkedEvidence): UnmarkedMeaning {
  const { ramBlocks, setPagesOf, guest, isVmState } = evidence;
  const stored = storedBlocks(ramBlocks);
  const isClear = (other: RamBlock) => setPagesOf(other) === 0;
  if (isVmState === true) return stored.every(isClear) ? 'unclear' : 'stale';
  if (guest === 'standstill' || stored.every(isClear)) return 'lost';
  // A machine draws on its displays and writes to its flash as it runs.
  if (!isGuestMemory(block)) return 'stale';
  if (isClear(block)) {
    // Something runs in a guest, so that its memory is never all zeros.
    if (stored.filter(isGuestMemory).every(isClear)) return 'lost';
    // That a guest made every page of a block zero and was stopped on top is not to be believed.
    return guest === 'stopped' ? 'lost' : 'unclear';
  }
  return guest === 'live' ? 'stale' : 'unclear';
}
