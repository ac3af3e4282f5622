import { readLibvirtDomain, redactDomain } from '@mapped-ram/facts';
import { MappedRamError } from '@mapped-ram/format';
import type { DomainInfo, SnapshotInfo } from '@mapped-ram/inspect';
import type { CommandContext } from '../../shared/command.js';
import { printable } from '../../shared/printable.js';
import { aboutFile, FileError } from '../file-error.js';
import { withSnapshotFile } from '../snapshot-file.js';

/**
 * Prints the domain XML of an image: as it is, for programs; on a terminal without what could command it.
 *
 * @throws FileError where there is none, or none that can be read.
 */
export function printDomainXml(
  path: string,
  isRedacted: boolean,
  { terminal, signal }: CommandContext,
): Promise<void> {
  return withSnapshotFile(path, { tolerant: true, signal }, async ({ snapshot, source }) => {
    const reading = await aboutFile(path, readLibvirtDomain(snapshot, source));
    if (reading?.kind !== 'read') {
      const what =
        reading === undefined
          ? 'it is no image of libvirt'
          : `its domain XML cannot be read: ${reading.because}`;
      throw new FileError(path, new MappedRamError('unsupported', { what }));
    }
    const xml = isRedacted ? redactDomain(reading.domain) : reading.domain.xml;
    const lines = xml.trimEnd().split('\n');
    const shown = terminal.stdout.isTTY === true ? lines.map(printable) : lines;
    terminal.stdout.write(`${shown.join('\n')}\n`);
  });
}

/** What is in a snapshot, without the name and the UUID of the domain. */
export function redacted(info: SnapshotInfo): SnapshotInfo {
  const { libvirt } = info;
  if (libvirt?.domain == null) return { ...info, uuid: null };
  const domain: DomainInfo = { ...libvirt.domain, name: '...', uuid: null };
  return { ...info, uuid: null, libvirt: { ...libvirt, domain } };
}
