import { hasErrorCode } from '@mapped-ram/format';
import { MigrateError } from './migrate-error.js';

/** Words the end of the connection; every other error stays as it is. */
export function orQemuGone(error: unknown, work: 'save' | 'restore'): unknown {
  if (!hasErrorCode(error, 'qmp-closed')) return error;
  const message =
    `the connection to QEMU ended during the ${work}: either QEMU has ended, or somebody closed the connection, and QEMU ` +
    `goes on with the ${work}`;
  return new MigrateError('qemu-gone', message, { cause: error });
}
