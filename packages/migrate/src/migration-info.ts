import type { QmpExecutor } from './migration-settings.js';

/** What is used of QEMU's answer to `query-migrate`. Lengths are in bytes, times in milliseconds. */
export interface MigrationInfo {
  /** Missing where there was none yet. */
  readonly status?: string;
  readonly 'error-desc'?: string;
  /** Why QEMU would not begin one. */
  readonly 'blocked-reasons'?: readonly string[];
  readonly 'total-time'?: number;
  readonly downtime?: number;
  readonly ram?: {
    readonly transferred: number;
    readonly remaining: number;
    readonly total: number;
    /** How many times the memory was gone through. */
    readonly 'dirty-sync-count': number;
    /** Megabits a second. */
    readonly mbps: number;
  };
}

const FINAL = ['completed', 'failed', 'cancelled'];

/** How the last migration of a QEMU is, or went. A QEMU at the end of one may take long to answer. */
export function queryMigration(qmp: QmpExecutor): Promise<MigrationInfo> {
  return qmp.execute<MigrationInfo>('query-migrate', {}, { timeoutMs: Number.POSITIVE_INFINITY });
}

/** Whether it is over, whichever way. */
export function isOver({ status }: MigrationInfo): boolean {
  return status !== undefined && FINAL.includes(status);
}
