import { hasErrorCode } from '@mapped-ram/format/errors';
import { isSystemError } from '@mapped-ram/posix';

/** Does what makes things quicker where it can be had. @returns Whether the system, and this platform, let it be done. */
export function isHad(act: () => void): boolean {
  try {
    act();
    return true;
  } catch (error) {
    if (!isSystemError(error) && !hasErrorCode(error, 'platform-unsupported')) throw error;
    return false;
  }
}
