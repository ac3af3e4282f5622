import { MappedRamError } from '@mapped-ram/format';
import { isContainer } from '../shared/open-source.js';

/**
 * Makes sure that a file can be changed where it lies.
 *
 * @throws MappedRamError `unsupported` where it is packed, or lies in something else.
 */
export function checkInPlace(path: string): void {
  if (!isContainer(path)) return;
  throw new MappedRamError('unsupported', {
    what: 'it lies in a container and cannot be changed in place: name OUT for a copy, or take the file that mr unpack gives of a packed one',
  });
}
