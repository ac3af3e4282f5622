import { constants, fstatSync, openSync } from 'node:fs';
import { MappedRamError } from '@mapped-ram/format/errors';
import { type SystemError, takeSystemErrorApart } from '@mapped-ram/posix';
import type { ExpectedFile, Purpose } from './place.js';

/** A file as a channel has it open. */
export interface OpenFile {
  readonly file: ExpectedFile;
  readonly purpose: Purpose;
  /** Goes through the page cache. */
  readonly descriptor: number;
  /** A second open of the file with O_DIRECT: on a duplicate, the flag would count for both. */
  readonly directDescriptor?: number | undefined;
}

/** Told why a file cannot be read or written past the page cache. */
export type OnNoDirectIo = (file: ExpectedFile, error: SystemError) => void;

/** Without O_NONBLOCK, opening a pipe would wait for its other end, and nothing could end the channel. */
const FLAGS: Readonly<Record<Purpose, number>> = {
  read: constants.O_RDONLY | constants.O_NONBLOCK,
  write: constants.O_WRONLY | constants.O_NONBLOCK,
};

/**
 * Opens a file for one channel. Its descriptors end with the channel's thread.
 *
 * @throws MappedRamError `read-failed` or `write-failed` where it cannot be opened, or is not the file that was looked at.
 */
export function openFile(file: ExpectedFile, purpose: Purpose, onNoDirectIo: OnNoDirectIo): OpenFile {
  const { path } = file;
  try {
    const descriptor = openSync(path, FLAGS[purpose]);
    checkIdentity(descriptor, file, purpose);
    if (!file.directIo) return { file, purpose, descriptor };
    const directDescriptor = openDirect(file, purpose, onNoDirectIo);
    if (directDescriptor !== undefined) checkIdentity(directDescriptor, file, purpose);
    return { file, purpose, descriptor, directDescriptor };
  } catch (cause) {
    if (cause instanceof MappedRamError) throw cause;
    throw new MappedRamError(`${purpose}-failed`, { what: `${path} cannot be opened`, cause });
  }
}

function checkIdentity(descriptor: number, file: ExpectedFile, purpose: Purpose): void {
  const { dev, ino } = fstatSync(descriptor, { bigint: true });
  if (dev === file.device && ino === file.inode) return;
  throw new MappedRamError(`${purpose}-failed`, { what: `${file.path} was replaced by another file` });
}

function openDirect(file: ExpectedFile, purpose: Purpose, onNoDirectIo: OnNoDirectIo): number | undefined {
  const { O_DIRECT } = constants;
  if (O_DIRECT === undefined) {
    onNoDirectIo(file, { message: 'this platform has no O_DIRECT' });
    return undefined;
  }
  try {
    return openSync(file.path, FLAGS[purpose] | O_DIRECT);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw error;
    onNoDirectIo(file, takeSystemErrorApart(error));
    return undefined;
  }
}
