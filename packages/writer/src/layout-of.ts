import { MappedRamError, RAM_WORD_LENGTH_BYTES } from '@mapped-ram/format';
import type {
  ByteSource,
  CommandSection,
  OpeningSection,
  RamBlockTable,
  Section,
  StreamModel,
} from '@mapped-ram/reader';
import type { BlockLayout, SnapshotLayout } from './layout.js';
import type { StreamPart } from './stream-part.js';

/**
 * The layout of a snapshot that was opened: everything but block table, bitmaps and pages is copied byte for byte. The
 * stream starts at the file's start; bitmaps and pages go where QEMU would put them.
 *
 * @param source The file that the snapshot was opened from; it must stay open until the new one is finished.
 * @throws MappedRamError `unsupported` where the ram section is built in a way that QEMU does not write.
 */
export function layoutOf(snapshot: StreamModel, source: ByteSource): SnapshotLayout {
  const { section, table } = findBlockTable(snapshot);
  const tableEnd = table.byteOffset + table.byteLength;
  const part = (from: number, to: number): StreamPart => ({
    source,
    byteOffset: from,
    byteLength: to - from,
  });
  return {
    head: [part(snapshot.streamOffset, section.bodyOffset)],
    blocks: table.blocks.map(
      ({ idstr, usedLength, guestPhysicalAddress, pageSize, ignored }): BlockLayout => ({
        idstr,
        usedLength,
        guestPhysicalAddress,
        pageSize,
        ignored,
      }),
    ),
    tail: [part(tableEnd, snapshot.endOffset)],
    wordOrder: snapshot.wordOrder,
  };
}

/** The section that begins the ram state, and its block table. */
export interface FoundBlockTable {
  readonly section: OpeningSection;
  readonly table: RamBlockTable;
}

/**
 * Finds the one block table of a stream.
 *
 * @throws MappedRamError `unsupported` where there is not exactly one, at the start of its section.
 */
export function findBlockTable({ sections, streamOffset }: StreamModel): FoundBlockTable {
  const found = sections.filter(hasTable);
  const [section] = found;
  const [table, ...others] = section?.ram?.blockTables ?? [];
  const isUsual = section?.kind === 'start' && found.length === 1 && others.length === 0;
  if (isUsual && table?.byteOffset === section.bodyOffset + RAM_WORD_LENGTH_BYTES) return { section, table };
  throw new MappedRamError('unsupported', {
    what: 'the stream has not exactly one block table at the start of its ram section',
    byteOffset: section?.byteOffset ?? streamOffset,
    path: 'ram',
  });
}

function hasTable(section: Section): section is Exclude<Section, CommandSection> {
  return section.kind !== 'command' && (section.ram?.blockTables.length ?? 0) > 0;
}
