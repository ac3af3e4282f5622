import { captureInfo, loadCapture, type SparseImage, testedMachines } from '@mapped-ram/fixtures';
import { type ByteSource, memorySource, openSnapshot, type Snapshot } from '@mapped-ram/reader';
import { expect, it } from 'vitest';
import { layoutOf } from './layout-of.js';
import { memoryTarget } from './memory-target.js';
import { createSnapshot } from './snapshot-writer.js';

/** Left to the tests over files: 4 GiB are too many to hold. */
const HUGE_BYTES = 1024 * 1024 * 1024;

const good = testedMachines()
  .map((id) => captureInfo(id))
  .filter((info) => info.good && info.sizeBytes < HUGE_BYTES);

/** Their guests wrote while they were saved. */
const isLive = ({ id }: { id: string }) => id.includes('live');

function open(source: ByteSource, { id, streamOffset }: { id: string; streamOffset: number }) {
  return openSnapshot(source, id.includes('libvirt') ? {} : { streamOffset });
}

async function writeAnew(snapshot: Snapshot, source: SparseImage, detectZeroPages: boolean) {
  const target = memoryTarget();
  const front = [{ source, byteOffset: 0, byteLength: snapshot.streamOffset }];
  const writer = await createSnapshot(target, { ...layoutOf(snapshot, source), front }, { detectZeroPages });
  for (const [index, block] of snapshot.ramBlocks.entries()) {
    for await (const batch of snapshot.pages(block)) await writer.writeRuns(index, batch);
  }
  await writer.finish();
  return target.bytes as Uint8Array;
}

/** What is under clear bits does not count. */
async function withoutStalePages(image: SparseImage, snapshot: Snapshot): Promise<SparseImage> {
  const clean = image.clone();
  for (const block of snapshot.ramBlocks) {
    for await (const batch of snapshot.runs(block, { clear: true })) {
      for (const { firstPage, pageCount } of batch) {
        const zeros = new Uint8Array(pageCount * block.pageSize);
        clean.patch(block.pagesOffset + firstPage * block.pageSize, zeros);
      }
    }
  }
  return clean;
}

it.each(good.map((info) => [info.id, info] as const))('%s comes out byte for byte', async (id, info) => {
  const image = await loadCapture(id);
  const snapshot = await open(image, info);
  const written = await writeAnew(snapshot, image, info.parameters['zero-page-detection'] !== 'none');
  const expected = isLive(info) ? await withoutStalePages(image, snapshot) : image;
  expect(written.length).toBe(expected.sizeBytes);
  expect(Buffer.compare(written, expected.bytes(0, expected.sizeBytes))).toBe(0);
});

it('pages that are stored though they are zero are left out where zeros are looked for', async () => {
  const info = captureInfo('qemu-10.0/zero-pages-stored');
  const image = await loadCapture(info.id);
  const snapshot = await open(image, info);
  const written = await open(memorySource(await writeAnew(snapshot, image, true)), info);
  const [before, after] = [snapshot.ramBlocks[0], written.ramBlocks[0]];
  if (before === undefined || after === undefined) throw new Error('no block');
  expect(await snapshot.countSetPages(before)).toBe(before.pageCount);
  expect(await written.countSetPages(after)).toBeLessThan(before.pageCount);
  const pages = [new Uint8Array(before.usedLength), new Uint8Array(before.usedLength)] as const;
  await snapshot.readPages(before, 0, pages[0]);
  await written.readPages(after, 0, pages[1]);
  expect(Buffer.compare(...pages)).toBe(0);
});
