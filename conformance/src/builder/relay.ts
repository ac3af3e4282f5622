import { planBlock } from '@mapped-ram/format';
import { be, type Mutation } from './mutation.js';
import type { BlockPlaces } from './places.js';

/*
 * Changes that move parts of the stream while all that points at them is put right: what comes out is as good as
 * before, but for the change itself.
 */

/**
 * Puts bytes in the place of `[offset, end)`, before the first block's bitmap (configuration, block entry). The padding
 * makes up for the difference, so that the pages stay where they are, and bitmap_offset follows the bitmap.
 */
export function replaceBeforeBitmap(m: Mutation, offset: number, end: number, bytes: Uint8Array): void {
  const growth = bytes.length - (end - offset);
  const block = m.block(0);
  if (growth > 0) m.remove(block.bitmapEnd, block.bitmapEnd + growth);
  if (growth < 0) m.insertZeros(block.bitmapEnd, -growth);
  if (growth !== 0) m.u64(block.bitmapOffsetOffset, block.bitmapOffset + growth);
  if (end > offset) m.remove(offset, end);
  if (bytes.length > 0) m.insert(offset, bytes);
}

/** Puts bytes in before the first block's bitmap: see {@link replaceBeforeBitmap}. */
export function insertBeforeBitmap(m: Mutation, offset: number, bytes: Uint8Array): void {
  replaceBeforeBitmap(m, offset, offset, bytes);
}

/** Takes bytes out before the first block's bitmap: see {@link replaceBeforeBitmap}. */
export function removeBeforeBitmap(m: Mutation, offset: number, end: number): void {
  replaceBeforeBitmap(m, offset, end, new Uint8Array(0));
}

/** Moves a block's bitmap within its padding; the old place becomes a hole. */
export function moveBitmap(m: Mutation, block: BlockPlaces, toOffset: number): void {
  const bitmap = m.original(block.bitmapOffset, block.bitmapLengthBytes);
  m.zero(block.bitmapOffset, block.bitmapEnd);
  m.bytes(toOffset, bitmap);
  m.u64(block.bitmapOffsetOffset, toOffset);
}

/** Takes the padding away, so that every block's pages start at the next multiple of `alignment`. */
export function repack(m: Mutation, alignment: number): void {
  const blocks = m.model.ramBlocks.map(({ index }) => m.block(index));
  const cuts: { readonly from: number; readonly to: number }[] = [];
  let shift = 0;
  for (const block of blocks) {
    const bitmapOffset = block.bitmapOffset - shift;
    const pagesOffset = Math.ceil((bitmapOffset + block.bitmapLengthBytes) / alignment) * alignment;
    const padding = block.pagesOffset - shift - pagesOffset;
    m.bytes(block.bitmapOffsetOffset, be(8, bitmapOffset));
    m.bytes(block.pagesOffsetOffset, be(8, pagesOffset));
    cuts.push({ from: block.pagesOffset - padding, to: block.pagesOffset });
    shift += padding;
  }
  for (const { from, to } of cuts.toReversed()) m.remove(from, to);
}

/**
 * Writes the block table anew with these blocks in this order, each with its memory, laid out as QEMU does. A block
 * may be left out, or be there twice.
 */
export function relayBlocks(m: Mutation, wanted: readonly BlockPlaces[]): void {
  const tableStart = m.block(0).byteOffset;
  const tableEnd = m.block(m.model.ramBlocks.length - 1).pagesEnd;
  let at = tableEnd;
  for (const block of wanted) {
    m.copy(block.byteOffset, block.pagesEnd, at);
    // Where it will lie when the old table is gone.
    const entryOffset = at - (tableEnd - tableStart);
    const headerOffset = entryOffset + (block.headerOffset - block.byteOffset);
    const plan = planBlock(headerOffset, block.usedLength, block.pageSize);
    const copied = (offset: number) => at + (offset - block.byteOffset);
    m.u64(copied(block.bitmapOffsetOffset), plan.bitmapOffset);
    m.u64(copied(block.pagesOffsetOffset), plan.pagesOffset);
    const growth = plan.pagesOffset - plan.bitmapOffset - (block.pagesOffset - block.bitmapOffset);
    if (growth > 0) m.insertZeros(copied(block.bitmapEnd), growth);
    if (growth < 0) m.remove(copied(block.bitmapEnd), copied(block.bitmapEnd) - growth);
    at += plan.endOffset - entryOffset;
  }
  m.remove(tableStart, tableEnd);
  const total = wanted.reduce((sum, { usedLength }) => sum + BigInt(usedLength), 0n);
  m.u64(m.memSizeOffset, total | 4n);
}

/**
 * Gives the last block another length, consistently: `used_length`, the total, and where the stream goes on. Bytes
 * are added as zeros. The bitmap must be long enough.
 */
export function resizeLastBlock(m: Mutation, byBytes: number): void {
  const block = m.block(m.model.ramBlocks.length - 1);
  const usedLength = block.usedLength + byBytes;
  if (byBytes > 0) m.insertZeros(block.pagesEnd, byBytes);
  else m.remove(block.pagesEnd + byBytes, block.pagesEnd);
  m.u64(block.usedLengthOffset, usedLength);
  m.u64(m.memSizeOffset, (m.totalBytes + BigInt(byBytes)) | 4n);
}
