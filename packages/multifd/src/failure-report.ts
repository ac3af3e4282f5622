import { MappedRamError } from '@mapped-ram/format';
import type { IoFailure, SystemError } from './io-failure.js';

/** The error of the system, in another thread. */
function putTogether({ message, ...rest }: SystemError): Error {
  return Object.assign(new Error(message), rest);
}

/**
 * The error that is reported for a failure.
 *
 * @param who Names the channel; absent where no channel was involved yet.
 */
export function toMappedRamError({ code, what, system, ...where }: IoFailure, who?: string): MappedRamError {
  const reason = system === undefined ? '' : `: ${system.message}`;
  return new MappedRamError(code, {
    ...where,
    what: `${who === undefined ? '' : `${who}: `}${what}${reason}`,
    ...(system !== undefined && { cause: putTogether(system) }),
  });
}
