import type { MappedRamError } from '@mapped-ram/format';
import type { Section } from '@mapped-ram/reader';
import type { LintContext } from '../../context.js';
import { endOf } from '../../facts/layout-regions.js';

/** The element in which the stream ends, in words, and what QEMU says of it. */
export interface CutElement {
  readonly element: string;
  readonly says: string;
}

/** Length of the magic: with fewer bytes QEMU reads another one. */
const MAGIC_LENGTH_BYTES = 4;

/** Finds the element in which the stream ends from what the walk read before it. */
export function cutElement({ snapshot, file }: LintContext, { byteOffset }: MappedRamError): CutElement {
  const { streamOffset, streamVersion, configuration, sections } = snapshot;
  const isBoundary = byteOffset === undefined || byteOffset >= file.sizeBytes;
  const last = sections.at(-1);
  if (streamVersion === undefined) return cutHeader(file.sizeBytes - streamOffset);
  if (last !== undefined) return cutSection(last, byteOffset ?? file.sizeBytes) ?? cutBetween(isBoundary);
  if (configuration === undefined) {
    return isBoundary
      ? { element: 'the place of the configuration section', says: '`Configuration section missing`' }
      : { element: 'the machine type', says: '`load of migration failed`: it cannot load the configuration' };
  }
  if (configuration.capabilities === undefined) {
    const says =
      '`Capability mapped-ram is on, but received capability is off`, or `Received unknown capability ...`';
    return { element: 'the configuration section', says };
  }
  return cutBetween(isBoundary);
}

function cutHeader(lengthBytes: number): CutElement {
  return lengthBytes < MAGIC_LENGTH_BYTES
    ? { element: 'the magic of the stream', says: '`Not a migration stream`' }
    : { element: 'the version of the stream', says: '`Unsupported migration stream version`' };
}

function cutBetween(isBoundary: boolean): CutElement {
  return isBoundary
    ? {
        element: 'the place of the next section or of the end marker',
        says: '`load of migration failed: Input/output error`',
      }
    : {
        element: 'the header of a section',
        says: '`Unable to read ID string for section ...`, or `Failed to read section ID`',
      };
}

/** Undefined where the section is whole and the stream ends after it. */
function cutSection(section: Section, byteOffset: number): CutElement | undefined {
  if (section.kind === 'command') return undefined;
  const name = section.idstr ?? 'an unknown state';
  const table = section.ram?.blockTables.at(-1);
  const listedBytes = table?.blocks.reduce((sum, { usedLength }) => sum + BigInt(usedLength), 0n);
  if (table !== undefined && listedBytes !== undefined && listedBytes < table.totalBytes) {
    const says =
      '`Unknown ramblock "...", cannot accept migration`, or `Could not read whole mapped-ram migration header`';
    return { element: 'the block table', says };
  }
  if (section.ram?.ended === false)
    return { element: 'the ram section', says: '`Getting RAM address failed`' };
  if (section.footer !== undefined || byteOffset > endOf(section)) return undefined;
  if (byteOffset >= section.bodyOffset + section.bodyLengthBytes && section.bodyLengthBytes > 0) {
    const says = `\`Read section footer failed\`, or \`Mismatched section id in footer for ${name}\``;
    return { element: `the footer of the section ${name}`, says };
  }
  return { element: `the state of ${name}`, says: `\`error while loading state ... of device '${name}'\`` };
}
