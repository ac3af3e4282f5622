import type { QmpExecutor } from './migration-settings.js';

/** What a save that was told to end does until it is over. */
export type Ending = 'cancelled' | 'finishing';

/**
 * Ends a save that is under way. Without multifd QEMU cancels it.
 *
 * With multifd it is left to finish, as fast as it can, with the guest stopped so that it comes to an end; the caller throws away what it wrote. In a
 * save that is cancelled QEMU frees the bitmaps of its blocks (`ram_save_cleanup` in migration/ram.c) before the channels have ended, which still set
 * bits in them (`multifd_set_file_bitmap` in migration/multifd-nocomp.c), and dies of it, and the guest with it: seen in 53 of 80 cancels with 11.1 and
 * 45 of 80 with 10.0, four channels each.
 */
export async function endSave(qmp: QmpExecutor, multifd: boolean): Promise<Ending> {
  if (!multifd) {
    await qmp.execute('migrate_cancel');
    return 'cancelled';
  }
  await qmp.execute('migrate-set-parameters', { 'max-bandwidth': 0 });
  await qmp.execute('stop');
  return 'finishing';
}
