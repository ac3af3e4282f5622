import { lstatSync } from 'node:fs';
import type { ByteSource } from '@mapped-ram/reader';
import { isPackedSource } from '../recognise-packed.js';

/** Where the seal of a plain file lies. */
export function sealPath(path: string): string {
  return `${path}.seal`;
}

/**
 * Whether a file may have a seal: it is packed, or something lies where the seal would. Asking costs next to nothing.
 *
 * @param source The file, as `openSource` gives it.
 */
export function mayBeSealed(path: string, source: ByteSource): boolean {
  return isPackedSource(source) || isThere(sealPath(path));
}

/** Whether there is something of that name, even a link that leads nowhere. */
export function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
