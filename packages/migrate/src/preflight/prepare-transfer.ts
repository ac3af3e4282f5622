import type { OpenFdset } from '@mapped-ram/fdset';
import { MigrateError } from '../migrate-error.js';
import { checkTransfer, type TransferToCheck } from './check-transfer.js';
import { bySeverity, type PreflightFinding } from './finding.js';
import { openDescriptors } from './open-descriptors.js';

/** A save or a restore that QEMU could be asked for, if nothing speaks against it. */
export interface PreparedTransfer {
  /** Open, for QEMU; undefined where the file cannot be opened, which is one of the findings then. */
  readonly set: OpenFdset | undefined;
  readonly findings: readonly PreflightFinding[];
}

/**
 * Opens the file as QEMU wants it and looks at everything.
 *
 * @throws MappedRamError `not-inspectable`; Node's own error where the disk cannot be asked
 */
export async function prepareTransfer(
  task: Omit<TransferToCheck, 'descriptors'> & { readonly path: string },
): Promise<PreparedTransfer> {
  const opened = openDescriptors(task.role, task.path, task.transfer);
  if ('code' in opened) {
    return { set: undefined, findings: bySeverity([opened, ...(await checkTransfer(task))]) };
  }
  try {
    return { set: opened, findings: await checkTransfer({ ...task, descriptors: opened.descriptors }) };
  } catch (error) {
    opened.close();
    throw error;
  }
}

/**
 * The descriptors, where nothing speaks against it; otherwise they are closed.
 *
 * @throws MigrateError `preflight`
 */
export function acceptTransfer({ set, findings }: PreparedTransfer): OpenFdset {
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length === 0 && set !== undefined) return set;
  set?.close();
  const words = errors.map(({ message, help }) => (help === undefined ? message : `${message} (${help})`));
  throw new MigrateError('preflight', words.join('; '), { findings });
}
