import type { ByteSpan } from '@mapped-ram/reader';
import type { BlockFacts, LintContext } from '../context.js';

/** A part of the file that one thing occupies. */
export interface Region extends ByteSpan {
  /** What occupies it, in words for a message. */
  readonly what: string;
}

/** Where a block's bitmap lies. */
export function bitmapRegion({ block, where }: BlockFacts): Region {
  return {
    byteOffset: block.bitmapOffset,
    byteLength: block.bitmapLengthBytes,
    what: `the bitmap of ${where} "${block.idstr}"`,
  };
}

/** Where a block's pages lie. */
export function pagesRegion({ block, where }: BlockFacts): Region {
  return {
    byteOffset: block.pagesOffset,
    byteLength: block.usedLength,
    what: `the pages of ${where} "${block.idstr}"`,
  };
}

/**
 * The parts of the file that the stream's own elements occupy: the header and configuration, sections without the
 * gaps in their block tables, and the entries of those.
 */
export function streamRegions({ snapshot, blocks }: Pick<LintContext, 'snapshot' | 'blocks'>): Region[] {
  const { configuration, streamOffset } = snapshot;
  const headEnd = configuration === undefined ? streamOffset + 8 : endOf(configuration);
  const regions: Region[] = [
    { byteOffset: streamOffset, byteLength: headEnd - streamOffset, what: 'the header of the stream' },
  ];
  for (const { block, where } of blocks) {
    regions.push({
      byteOffset: block.byteOffset,
      byteLength: block.byteLength,
      what: `the entry of ${where}`,
    });
  }
  for (const [index, section] of snapshot.sections.entries()) {
    const what = `sections[${index}]`;
    const isTable = section.kind !== 'command' && (section.ram?.blockTables.length ?? 0) > 0;
    const byteLength = isTable ? section.bodyOffset + 8 - section.byteOffset : section.byteLength;
    regions.push({ byteOffset: section.byteOffset, byteLength, what });
  }
  return regions;
}

/** Offset of the first byte after a part of the file. */
export function endOf({ byteOffset, byteLength }: ByteSpan): number {
  return byteOffset + byteLength;
}

/** Whether two parts of the file have a byte in common. */
export function overlaps(a: ByteSpan, b: ByteSpan): boolean {
  return a.byteLength > 0 && b.byteLength > 0 && a.byteOffset < endOf(b) && b.byteOffset < endOf(a);
}

/** Blocks whose memory is in the file and whose bitmap and pages therefore count. */
export function placedBlocks({ blocks }: LintContext): BlockFacts[] {
  return blocks.filter(({ block }) => !block.ignored);
}
