import { hasErrorCode } from '@mapped-ram/format';
import type { QmpExecutor } from './migration-settings.js';

/** `stop` waits for the guest's disks, which may take a network's time; a command that takes longer than this has no answer. */
const PATIENCE_MS = 300_000;
/** Of a QEMU that has left a command without an answer. What it is still sent, it does when it comes to it. */
const LAST_CHANCE_MS = 5_000;

/**
 * The same QEMU, given time. What is asked before anything is changed may fail soon; of a guest that was stopped, and of a migration that
 * runs, nothing is given up because an answer takes a while. A QEMU that has not answered once is sent what puts it back as it was, and is
 * not waited for as long again.
 *
 * @param answerTimeoutMs for each command that has no limit of its own; 300,000 when not given
 */
export function withPatience(qmp: QmpExecutor, answerTimeoutMs = PATIENCE_MS): QmpExecutor {
  let timeoutMs = answerTimeoutMs;
  return {
    execute: (command, args, options) =>
      qmp.execute(command, args, { timeoutMs, ...options }).catch((error: unknown) => {
        if (hasErrorCode(error, 'qmp-timeout')) timeoutMs = Math.min(timeoutMs, LAST_CHANCE_MS);
        throw error;
      }),
  };
}
