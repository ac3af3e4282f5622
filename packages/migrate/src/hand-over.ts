import { addFdset, formatMigrationUri, type OpenFdset, waitForFdsetEnd } from '@mapped-ram/fdset';
import type { QmpWaitOptions } from '@mapped-ram/qmp';
import type { QmpExecutor } from './migration-settings.js';
import { withUndo } from './with-undo.js';

/** How long the descriptors of a migration that failed are waited for. */
const GIVEN_UP_MS = 30_000;

/** A set that QEMU has been handed. */
export interface HandedFdset {
  readonly uri: string;
  /**
   * Tells QEMU, once it has opened all that it wants, to forget the set when it has closed that: so nothing is left in QEMU even if the
   * connection ends before the migration does.
   */
  forget(options?: QmpWaitOptions): Promise<void>;
}

/**
 * Hands descriptors to QEMU, closes them here, and waits until QEMU has closed them too when the work with them is done: only then has it
 * put the migration away, and its settings may change.
 *
 * @throws as `addFdset`; what `use` throws
 */
export async function withFdset<T>(
  qmp: QmpExecutor,
  set: OpenFdset,
  byteOffset: number,
  use: (handed: HandedFdset) => Promise<T>,
): Promise<T> {
  let fdsetId: number;
  try {
    fdsetId = await addFdset(qmp, set.descriptors, { opaque: 'mapped-ram' });
  } finally {
    set.close();
  }
  let isForgotten = false;
  const forget = async (options: QmpWaitOptions = {}): Promise<void> => {
    if (isForgotten) return;
    isForgotten = true;
    await qmp.execute('remove-fd', { 'fdset-id': fdsetId }, options);
  };
  // Closing flushes, on some file systems for long. After a failure nobody waits for that.
  let timeoutMs = GIVEN_UP_MS;
  return withUndo(
    async () => {
      const result = await use({ uri: formatMigrationUri({ fdsetId, byteOffset }), forget });
      timeoutMs = Number.POSITIVE_INFINITY;
      return result;
    },
    async () => {
      await forget();
      await waitForFdsetEnd(qmp, fdsetId, { timeoutMs });
    },
  );
}
