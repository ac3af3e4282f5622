import { loadCapture, type SparseImage } from '@mapped-ram/fixtures';
import { countingSource, type OpeningSection, openSnapshot } from '@mapped-ram/reader';
import { describe, expect, it } from 'vitest';
import { lintSource } from './lint.js';

const TIB = 2 ** 40;
/** Of the word that a block table begins with. */
const MEM_SIZE = 4n;

function be64(value: bigint): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

/** A capture whose first block says that it has so much memory. */
async function withHugeBlock(lengthBytes: number): Promise<SparseImage> {
  const image = (await loadCapture('qemu-10.0/none')).clone();
  const { ramBlocks, sections } = await openSnapshot(image);
  const [block] = ramBlocks;
  const table = sections.find(
    (section): section is OpeningSection => section.kind === 'start' && section.idstr === 'ram',
  );
  if (block === undefined || table === undefined) throw new Error('there is no block table');
  return image
    .patch(block.headerOffset - 8, be64(BigInt(lengthBytes)))
    .patch(table.bodyOffset, be64(BigInt(lengthBytes) | MEM_SIZE));
}

describe('a block of 64 TiB', () => {
  it.each([
    ['in a file of 8 KiB', (image: SparseImage) => image.truncate(8192)],
    ['in the file that it was', (image: SparseImage) => image],
    ['in a file that is one hole behind it', (image: SparseImage) => image.truncate(65 * TIB)],
  ] as const)('%s costs no more than a look, also a deep one', async (_, shape) => {
    const image = shape(await withHugeBlock(64 * TIB));
    for (const deep of [false, true]) {
      const source = countingSource(image);
      const { verdict } = await lintSource(source, { deep });
      expect(verdict).not.toBe('restores');
      expect(source.bytesRead).toBeLessThan(64 * 2 ** 20);
    }
  });
});
