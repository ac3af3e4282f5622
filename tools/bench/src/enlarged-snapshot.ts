import type { SparseImage } from '@mapped-ram/fixtures';
import { MAPPED_RAM_HEADER_LENGTH_BYTES, planBlock } from '@mapped-ram/format';
import { openSnapshot } from '@mapped-ram/reader';

/**
 * Makes a snapshot of a much larger machine out of a capture with one RAM block: block entry, header, bitmap and
 * everything behind the pages are where QEMU would have put them. The pages stay a hole.
 *
 * @param usedLength Bytes of memory, a multiple of 64 pages.
 * @param bitmapByte Every byte of the bitmap.
 */
export async function enlargeSnapshot(
  capture: SparseImage,
  usedLength: number,
  bitmapByte: number,
): Promise<SparseImage> {
  const { ramBlocks, sections } = await openSnapshot(capture);
  const [block] = ramBlocks;
  const start = sections.find((section) => section.kind === 'start' && section.idstr === 'ram');
  if (block === undefined || ramBlocks.length > 1 || start === undefined) {
    throw new RangeError(`${capture.name} has not one RAM block`);
  }
  const plan = planBlock(block.headerOffset, usedLength, block.pageSize);
  const oldEnd = block.pagesOffset + block.usedLength;
  const tail = capture.bytes(oldEnd, capture.sizeBytes - oldEnd);

  const header = new DataView(new ArrayBuffer(MAPPED_RAM_HEADER_LENGTH_BYTES));
  header.setUint32(0, block.headerVersion);
  header.setBigUint64(4, BigInt(block.pageSize));
  header.setBigUint64(12, BigInt(plan.bitmapOffset));
  header.setBigUint64(20, BigInt(plan.pagesOffset));
  return capture
    .clone(`${capture.name}, ${usedLength} bytes of RAM`)
    .truncate(block.headerOffset)
    .patch(start.bodyOffset, bigEndian64(BigInt(usedLength) | 4n))
    .patch(block.headerOffset - 8, bigEndian64(BigInt(usedLength)))
    .patch(block.headerOffset, new Uint8Array(header.buffer))
    .patch(plan.bitmapOffset, new Uint8Array(plan.bitmapLengthBytes).fill(bitmapByte))
    .patch(plan.endOffset, tail);
}

function bigEndian64(value: bigint): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, value);
  return new Uint8Array(view.buffer);
}
