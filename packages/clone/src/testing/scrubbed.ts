import type { SparseImage } from '@mapped-ram/fixtures';
import { openSnapshot } from '@mapped-ram/reader';

/** The same snapshot with nothing under its clear bits. */
export async function scrubbed(image: SparseImage): Promise<SparseImage> {
  const clean = image.clone();
  const snapshot = await openSnapshot(image);
  for (const block of snapshot.ramBlocks) {
    const { pageSize, pagesOffset } = block;
    for await (const batch of snapshot.runs(block, { clear: true })) {
      for (const { firstPage, pageCount } of batch) {
        clean.patch(pagesOffset + firstPage * pageSize, new Uint8Array(pageCount * pageSize));
      }
    }
  }
  return clean;
}
