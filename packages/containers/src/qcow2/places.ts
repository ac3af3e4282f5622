import { MappedRamError } from '@mapped-ram/format';
import type { Qcow2Header } from './header.js';

/**
 * Where a table or a cluster can be: at a multiple of clusters, and not so far behind that QEMU cannot count references to it.
 *
 * @throws MappedRamError `bad-disk-image`.
 */
export function checkPlace(byteOffset: number, { clusterBits, mostBytes }: Qcow2Header, path: string): void {
  if (byteOffset % 2 ** clusterBits !== 0)
    throw badImage('a table or cluster is not where one can be', byteOffset, path);
  if (byteOffset >= mostBytes) throw tooFar(byteOffset, path);
}

/** The fault of a place behind all that QEMU counts references to. */
export function tooFar(byteOffset: number, path: string): MappedRamError {
  return badImage('a table or cluster lies farther behind than an image can be long', byteOffset, path);
}

/** A fault at a place of the image. */
export function badImage(what: string, byteOffset: number, path: string): MappedRamError {
  return new MappedRamError('bad-disk-image', { what, byteOffset, path });
}
