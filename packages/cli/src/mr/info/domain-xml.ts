import { readLibvirtDomain, redactDomain } from '@mapped-ram/facts';
import { MappedRamError } from '@mapped-ram/format';
import type { DomainInfo, SnapshotInfo } from '@mapped-ram/inspect';
import type { CommandContext } from '../../shared/command.js';
import { printable } from '../../shared/printable.js';
import { aboutFile, FileError } from '../file-error.js';
import { type ReadingOptions, withSnapshotFile } from '../snapshot-file.js';

/**
 * Prints the domain XML of an image: as it is, for programs; on a terminal without what could command it.
 *
 * @throws FileError where there is none, or none that can be read.
 */
export function printDomainXml(
  path: string,
  isRedacted: boolean,
  reading: ReadingOptions,
  { terminal, signal }: CommandContext,
): Promise<void> {
  return withSnapshotFile(path, { ...reading, tolerant: true, signal }, async ({ snapshot, source }) => {
    const domain = await aboutFile(path, readLibvirtDomain(snapshot, source));
    if (domain?.kind !== 'read') {
      const what =
        domain === undefined
          ? 'it is no image of libvirt'
          : `its domain XML cannot be read: ${domain.because}`;
      throw new FileError(path, new MappedRamError('unsupported', { what }));
    }
    const xml = isRedacted ? redactDomain(domain.domain) : domain.domain.xml;
    const lines = xml.trimEnd().split('\n');
    const shown = terminal.stdout.isTTY === true ? lines.map(printable) : lines;
    terminal.stdout.write(`${shown.join('\n')}\n`);
  });
}

/** What is in a snapshot, without the name and the UUID of the domain. */
export function redacted<T extends SnapshotInfo>(info: T): T {
  const { libvirt } = info;
  if (libvirt?.domain == null) return { ...info, uuid: null };
  const shown: DomainInfo = { ...libvirt.domain, name: '...', uuid: null };
  return { ...info, uuid: null, libvirt: { ...libvirt, domain: shown } };
}
