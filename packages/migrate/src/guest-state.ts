import { setTimeout as sleep } from 'node:timers/promises';
import { qmpTimeout, shape, text, truth } from '@mapped-ram/qmp';
import type { QmpExecutor } from './migration-settings.js';

const guestState = shape({ status: text, running: truth });

/** What the guest does, in QEMU's word, such as `running`, `paused`, `postmigrate` or `inmigrate`. */
export type GuestState = ReturnType<typeof guestState>;

/** What the guest does. */
export function queryGuest(qmp: QmpExecutor): Promise<GuestState> {
  return qmp.execute('query-status', {}, { result: guestState });
}

/**
 * Stops the guest. QEMU waits for the guest's disks first.
 *
 * @param signal ends the waiting; QEMU stops the guest all the same
 */
export async function stopGuest(qmp: QmpExecutor, signal?: AbortSignal): Promise<void> {
  await qmp.execute('stop', {}, { signal });
}

const POLL_MS = 10;
const TIMEOUT_MS = 30_000;

/**
 * Lets the guest run. QEMU silently ignores `cont` while a migration that has ended is being put away, so it is repeated
 * until the guest runs.
 *
 * @throws as `execute`; MappedRamError `qmp-timeout`
 */
export async function resumeGuest(qmp: QmpExecutor): Promise<void> {
  const endsAt = performance.now() + TIMEOUT_MS;
  for (;;) {
    await qmp.execute('cont');
    if ((await queryGuest(qmp)).running) return;
    if (performance.now() >= endsAt) throw qmpTimeout('running guest', TIMEOUT_MS);
    await sleep(POLL_MS);
  }
}
