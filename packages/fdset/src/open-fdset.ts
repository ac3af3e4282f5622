import { closeSync, constants, openSync, statSync, unlinkSync } from 'node:fs';
import { booleanOption, checkOptions, textOption } from '@mapped-ram/format';
import { MappedRamError } from '@mapped-ram/format/errors';
import { openDirect } from '@mapped-ram/posix';
import type { FdsetRole } from './wanted.js';

/** What the descriptors are wanted for. The settings are those of {@link checkFdset}. */
export interface OpenFdsetOptions {
  readonly role: FdsetRole;
  readonly multifd?: boolean;
  readonly directIo?: boolean;
}

/** Descriptors of one file that QEMU saves to or loads from as they are, in the order in which to add them. */
export interface OpenFdset {
  readonly descriptors: readonly number[];
  /** Whether the file was made by opening it. */
  readonly created: boolean;
  /** Closes them here; QEMU's own stay open. Closing twice is fine. */
  close(): void;
}

/** What QEMU gives a file that it makes itself. */
const NEW_FILE_MODE = 0o600;

/**
 * Opens a file the way QEMU wants it: once for the stream, and once more with O_DIRECT for the pages when multifd has direct I/O. To
 * save, the file is made when there is none and keeps its contents otherwise: QEMU truncates it to the URI's offset.
 *
 * @throws MappedRamError `open-failed`, `not-a-file`, `direct-io-unsupported`; nothing is open and no new file is left then
 */
export function openFdset(path: string, options: OpenFdsetOptions): OpenFdset {
  checkOptions<OpenFdsetOptions>(options, {
    role: textOption(['save', 'load']),
    multifd: booleanOption,
    directIo: booleanOption,
  });
  const { role, multifd = false, directIo = false } = options;
  const { fd, created } = role === 'save' ? openToSave(path) : { fd: openFile(path, role), created: false };
  const descriptors = [fd];
  if (multifd && directIo) {
    try {
      descriptors.push(openDirect(path, ACCESS[role]));
    } catch (cause) {
      closeSync(fd);
      if (created) unlinkSync(path);
      throw directOpenFailed(path, cause);
    }
  }
  let isOpen = true;
  const close = (): void => {
    if (isOpen) for (const descriptor of descriptors) closeSync(descriptor);
    isOpen = false;
  };
  return { descriptors, created, close };
}

const ACCESS = { save: constants.O_WRONLY, load: constants.O_RDONLY } as const;

function openToSave(path: string): { readonly fd: number; readonly created: boolean } {
  try {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
    return { fd: openSync(path, flags, NEW_FILE_MODE), created: true };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      return { fd: openFile(path, 'save'), created: false };
    throw openFailed(path, error);
  }
}

function openFile(path: string, role: FdsetRole): number {
  try {
    // Looked at first: opening a pipe would wait for its other end.
    const stats = statSync(path, { bigint: true });
    if (!stats.isFile() && !(role === 'load' && stats.isBlockDevice())) {
      const what = `${path} is not a file that QEMU can ${role === 'save' ? 'save to' : 'load from'}`;
      throw new MappedRamError('not-a-file', { what });
    }
    return openSync(path, ACCESS[role]);
  } catch (error) {
    throw error instanceof MappedRamError ? error : openFailed(path, error);
  }
}

function openFailed(path: string, cause: unknown): MappedRamError {
  const what = `${path} cannot be opened: ${(cause as Error).message}`;
  return new MappedRamError('open-failed', { what, cause });
}

function directOpenFailed(path: string, cause: unknown): MappedRamError {
  if ((cause as NodeJS.ErrnoException).code !== 'EINVAL') return openFailed(path, cause);
  const what = `the file system of ${path} has no direct I/O: switch direct-io off`;
  return new MappedRamError('direct-io-unsupported', { what, cause });
}
