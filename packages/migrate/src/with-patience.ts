import type { QmpExecutor } from './migration-settings.js';

const PATIENCE_MS = 30_000;

/**
 * The same QEMU, given time. What is asked before anything is changed may fail soon; of a guest that was stopped, and of a migration that
 * runs, nothing is given up because an answer takes a while.
 */
export function withPatience(qmp: QmpExecutor): QmpExecutor {
  return {
    execute: (command, args, options) => qmp.execute(command, args, { timeoutMs: PATIENCE_MS, ...options }),
  };
}
