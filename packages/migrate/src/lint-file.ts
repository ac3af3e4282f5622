import {
  type FileReport,
  lintSource,
  newestQemuVersion,
  type QemuVersion,
  qemuVersions,
} from '@mapped-ram/lint';
import { openFileSource } from '@mapped-ram/reader/file';
import type { TransferOptions } from './transfer-options.js';

/** The release whose ways the lint knows for a QEMU: its own, or the newest. */
export function lintVersion(version: string | undefined): QemuVersion {
  return qemuVersions.find((known) => known === version) ?? newestQemuVersion;
}

/**
 * What the lint says of a file that is to be restored.
 *
 * @param version of the QEMU that it is for; the newest where that is not known
 * @throws MappedRamError `read-failed`; the signal's reason
 */
export async function lintFile(
  path: string,
  version: string | undefined,
  { channels, directIo = false, byteOffset }: TransferOptions,
  signal?: AbortSignal,
): Promise<FileReport> {
  const source = await openFileSource(path);
  try {
    return await lintSource(source, {
      ...{ qemu: lintVersion(version), multifd: directIo || channels !== undefined, mappedRam: true },
      ...(byteOffset !== undefined && { streamOffset: byteOffset }),
      ...(signal && { signal }),
    });
  } finally {
    await source.close();
  }
}
