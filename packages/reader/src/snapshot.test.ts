import { loadCapture, SparseImage } from '@mapped-ram/fixtures';
import { expect, it } from 'vitest';
import type { RamBlock } from './model.js';
import { openSnapshot } from './snapshot.js';
import { countingSource } from './sources/counting-source.js';

const TIB = 2 ** 40;
const PAGE = 4096;
const BITMAP_BYTES = TIB / PAGE / 8;

/** A snapshot with a single small block, with that block grown to 1 TiB; the new memory is holes. */
async function tebibyteSnapshot(): Promise<SparseImage> {
  const small = await loadCapture('qemu-10.0/none');
  const [block] = (await openSnapshot(small)).ramBlocks as [RamBlock];
  const oldEnd = block.pagesOffset + block.usedLength;
  const pagesOffset = block.pagesOffset + BITMAP_BYTES;
  const moved = (byteOffset: number) => {
    if (byteOffset >= oldEnd) return byteOffset - oldEnd + pagesOffset + TIB;
    return byteOffset >= block.pagesOffset ? byteOffset + BITMAP_BYTES : byteOffset;
  };
  const pieces = [
    [0, block.pagesOffset],
    [block.pagesOffset, block.usedLength],
    [oldEnd, small.sizeBytes - oldEnd],
  ] as const;
  const extents = pieces.map(([byteOffset, lengthBytes]) => ({
    byteOffset: moved(byteOffset),
    bytes: small.bytes(byteOffset, lengthBytes),
  }));
  const be64 = (value: number) => new Uint8Array(new BigUint64Array([BigInt(value)]).buffer).reverse();
  return new SparseImage('tebibyte', moved(small.sizeBytes), extents)
    .patch(block.headerOffset - 8, be64(TIB))
    .patch(block.byteOffset - 8, be64(TIB + 4))
    .patch(block.headerOffset + 20, be64(pagesOffset))
    .patch(block.bitmapOffset + BITMAP_BYTES - 8, Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0x80))
    .patch(pagesOffset + TIB - 1, Uint8Array.of(77));
}

it('opens 1 TiB and counts its pages without reading one', async () => {
  const source = countingSource(await tebibyteSnapshot());
  const snapshot = await openSnapshot(source);
  expect(source.bytesRead).toBeLessThan(64 * 1024);
  const [block] = snapshot.ramBlocks as [RamBlock];
  expect(block).toMatchObject({ usedLength: TIB, pageCount: 2 ** 28, bitmapLengthBytes: BITMAP_BYTES });
  const small = await openSnapshot(await loadCapture('qemu-10.0/none'));
  const before = await small.countSetPages(small.ramBlocks[0] as RamBlock);
  expect(await snapshot.countSetPages(block)).toBe(before + 1);
  expect(source.touched(block.pagesOffset, block.usedLength)).toBe(false);

  const lastPage = new Uint8Array(PAGE);
  await snapshot.readPages(block, block.pageCount - 1, lastPage);
  expect(lastPage[PAGE - 1]).toBe(77);
});

it('ends with its signal', async () => {
  const image = await loadCapture('qemu-10.0/none');
  const controller = new AbortController();
  const snapshot = await openSnapshot(image, { signal: controller.signal });
  controller.abort(new Error('enough'));
  await expect(snapshot.countSetPages(snapshot.ramBlocks[0] as RamBlock)).rejects.toThrow('enough');
  await expect(openSnapshot(image, { signal: controller.signal, tolerant: true })).rejects.toThrow('enough');
});

it('passes on a failed read, however tolerant', async () => {
  const image = await loadCapture('qemu-10.0/none');
  const failing = { name: 'failing', sizeBytes: image.sizeBytes, close: () => image.close() };
  const read = () => Promise.reject(new Error('disk on fire'));
  await expect(openSnapshot({ ...failing, read }, { tolerant: true })).rejects.toThrow('disk on fire');
});

it.each([-1, 0.5, Number.NaN, 2 ** 53])('refuses the offset %d', async (streamOffset) => {
  await expect(openSnapshot(await loadCapture('qemu-10.0/none'), { streamOffset })).rejects.toThrow(
    RangeError,
  );
});

it('closes its source', async () => {
  const image = await loadCapture('qemu-10.0/none');
  let closed = 0;
  const source = {
    name: 'mine',
    sizeBytes: image.sizeBytes,
    read: (target: Uint8Array, byteOffset: number) => image.read(target, byteOffset),
    close: async () => void closed++,
  };
  await (await openSnapshot(source)).close();
  expect(closed).toBe(1);
});

it('does not decode what nothing describes', async () => {
  const snapshot = await openSnapshot(await loadCapture('qemu-10.0/no-vmdesc'));
  for (const section of snapshot.sections) {
    if (section.kind === 'full') expect(await snapshot.decodeDeviceState(section)).toBeUndefined();
  }
});
