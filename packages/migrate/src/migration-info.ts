import { amount, finite, list, optional, type QmpWaitOptions, shape, text } from '@mapped-ram/qmp';
import type { QmpExecutor } from './migration-settings.js';

const migrationInfo = shape({
  status: optional(text),
  'error-desc': optional(text),
  'blocked-reasons': optional(list(text)),
  'total-time': optional(amount),
  downtime: optional(amount),
  ram: optional(
    shape({
      transferred: amount,
      remaining: amount,
      total: amount,
      'dirty-sync-count': amount,
      normal: amount,
      duplicate: amount,
      'page-size': amount,
      // QEMU works it out from differences, which can be negative at the start.
      mbps: finite,
    }),
  ),
});

/**
 * What is used of QEMU's answer to `query-migrate`. Lengths are in bytes, times in milliseconds, `mbps` in megabits a second.
 * `status` is missing where there was no migration yet; `blocked-reasons` say why QEMU would not begin one; `dirty-sync-count` is how many times the
 * memory was gone through; `normal` and `duplicate` are the pages that were sent, and those of them that are zero.
 */
export type MigrationInfo = ReturnType<typeof migrationInfo>;

const FINAL = ['completed', 'failed', 'cancelled'];

/** How the last migration of a QEMU is, or went. */
export function queryMigration(qmp: QmpExecutor, options: QmpWaitOptions = {}): Promise<MigrationInfo> {
  return qmp.execute('query-migrate', {}, { ...options, result: migrationInfo });
}

/** Whether it is over, whichever way. */
export function isOver({ status }: MigrationInfo): boolean {
  return status !== undefined && FINAL.includes(status);
}
