import { type FdsetRole, type OpenFdset, openFdset } from '@mapped-ram/fdset';
import { hasErrorCode } from '@mapped-ram/format';
import type { Transfer } from '../transfer-options.js';
import { fault, type PreflightFinding } from './finding.js';

/** Opens what QEMU wants of a file, or says why that cannot be. */
export function openDescriptors(
  role: FdsetRole,
  path: string,
  transfer: Transfer,
): OpenFdset | PreflightFinding {
  try {
    return openFdset(path, { role, ...transfer });
  } catch (error) {
    if (!hasErrorCode(error, 'open-failed', 'not-a-file', 'direct-io-unsupported')) throw error;
    if (error.code !== 'direct-io-unsupported') return fault('unusable-path', 'refused', error.message);
    const consequence =
      role === 'save' ? 'QEMU dies when it saves there so, and the guest with it' : 'QEMU does not load so';
    return fault('no-direct-io', role === 'save' ? 'crashes' : 'refused', `${error.message}: ${consequence}`);
  }
}
