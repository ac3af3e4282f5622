import {
  bitmapLengthBytes,
  isPageSize,
  MAPPED_RAM_HEADER_LENGTH_BYTES,
  MappedRamError,
  pageCount,
  planBlock,
  RAM_WORD_LENGTH_BYTES,
} from '@mapped-ram/format';
import type { BlockLayout, SnapshotLayout } from './layout.js';
import { blockEntry, mappedRamHeader } from './stream/elements.js';
import { partsLengthBytes } from './stream-part.js';

/** A block and where everything of it lies, in bytes from the start of the file. */
export interface PlacedBlock extends BlockLayout {
  readonly entryOffset: number;
  /** Entry and mapped-ram header. */
  readonly entry: Uint8Array;
  readonly pageCount: number;
  /** 0 where the block is ignored, as `pagesOffset`. */
  readonly bitmapOffset: number;
  readonly bitmapLengthBytes: number;
  readonly pagesOffset: number;
  /** Where the stream goes on. */
  readonly endOffset: number;
}

/** Where everything of a file lies, in bytes from its start. */
export interface Placement {
  readonly streamOffset: number;
  /** Of the MEM_SIZE word. */
  readonly tableOffset: number;
  readonly blocks: readonly PlacedBlock[];
  readonly tailOffset: number;
}

/**
 * Places the parts of a snapshot in its file, as QEMU does where the layout does not say otherwise.
 *
 * @throws RangeError where the layout is none: no page size, a length that is not one, a front that reaches into the
 * stream.
 * @throws MappedRamError `bad-block-table` where parts of the file would overlap, `value-too-large`.
 */
export function placeSnapshot(layout: SnapshotLayout): Placement {
  const frontBytes = partsLengthBytes(layout.front ?? []);
  const streamOffset = layout.streamOffset ?? frontBytes;
  if (!Number.isSafeInteger(streamOffset) || streamOffset < frontBytes) {
    throw new RangeError(`a stream cannot start at ${streamOffset} behind ${frontBytes} bytes`);
  }
  const tableOffset = streamOffset + partsLengthBytes(layout.head);
  const blocks: PlacedBlock[] = [];
  let position = tableOffset + RAM_WORD_LENGTH_BYTES;
  for (const block of layout.blocks) {
    const placed = placeBlock(block, position);
    blocks.push(placed);
    position = placed.endOffset;
  }
  checkOverlaps(blocks, tableOffset, position);
  return { streamOffset, tableOffset, blocks, tailOffset: position };
}

function placeBlock(block: BlockLayout, entryOffset: number): PlacedBlock {
  checkBlock(block);
  const { pageSize, usedLength, ignored = false } = block;
  const fields = blockEntry(block);
  const headerOffset = entryOffset + fields.length;
  const plan = planBlock(headerOffset, usedLength, pageSize);
  const places = ignored ? { bitmapOffset: 0, pagesOffset: 0 } : { ...plan, ...block.places };
  const { bitmapOffset, pagesOffset } = places;
  const endOffset = ignored ? headerOffset + MAPPED_RAM_HEADER_LENGTH_BYTES : pagesOffset + usedLength;
  if (!Number.isSafeInteger(endOffset) || !Number.isSafeInteger(bitmapOffset)) {
    throw new MappedRamError('value-too-large', {
      byteOffset: entryOffset,
      actual: BigInt(pagesOffset) + BigInt(usedLength),
    });
  }
  const header = mappedRamHeader({ pageSize, bitmapOffset, pagesOffset });
  const pages = pageCount(usedLength, pageSize);
  return {
    ...block,
    ignored,
    entryOffset,
    entry: Uint8Array.of(...fields, ...header),
    pageCount: pages,
    bitmapOffset,
    bitmapLengthBytes: ignored ? 0 : bitmapLengthBytes(pages),
    pagesOffset,
    endOffset,
  };
}

function checkBlock({ idstr, pageSize, usedLength }: BlockLayout): void {
  const name = JSON.stringify(idstr);
  if (idstr === '') throw new RangeError('a block needs a name');
  if (!isPageSize(pageSize)) throw new RangeError(`${pageSize} is not a page size for block ${name}`);
  if (!Number.isSafeInteger(usedLength) || usedLength < 0) {
    throw new RangeError(`${usedLength} is not a length for block ${name}`);
  }
}

/** Places that QEMU would choose never overlap; those that a layout gives may. */
function checkOverlaps(blocks: readonly PlacedBlock[], tableOffset: number, tailOffset: number): void {
  const regions = [
    { from: 0, to: tableOffset + RAM_WORD_LENGTH_BYTES, path: 'header' },
    { from: tailOffset, to: Number.POSITIVE_INFINITY, path: 'sections' },
  ];
  for (const [index, block] of blocks.entries()) {
    const path = `ram.blocks[${index}]`;
    const region = (from: number, lengthBytes: number) =>
      lengthBytes > 0 && regions.push({ from, to: from + lengthBytes, path });
    region(block.entryOffset, block.entry.length);
    if (block.ignored) continue;
    region(block.bitmapOffset, block.bitmapLengthBytes);
    region(block.pagesOffset, block.usedLength);
  }
  regions.sort((a, b) => a.from - b.from);
  let end = 0;
  for (const { from, to, path } of regions) {
    if (from < end) {
      const what = 'two parts of the file would lie in the same place';
      throw new MappedRamError('bad-block-table', { what, byteOffset: from, path });
    }
    end = to;
  }
}
