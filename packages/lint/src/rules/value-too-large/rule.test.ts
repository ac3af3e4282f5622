import type { SparseImage } from '@mapped-ram/fixtures';
import { ascii, be64, blockOf, clearBitmap } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { valueTooLargeRule } from './rule.js';

const CLASSIC = 'libvirt-11.3/save-raw';

/** Renames the first block of a classic stream's table, and gives it a length. */
function changeFirstEntry(image: SparseImage, name: string, length: bigint): void {
  const at = Buffer.from(image.bytes(0, 2 ** 17)).indexOf(Buffer.from(ascii('\x06pc.ram')));
  image.patch(at + 1, ascii(name));
  image.patch(at + 7, be64(length));
}

ruleCases(valueTooLargeRule, {
  fires: [
    {
      name: 'a length in a classic stream',
      capture: CLASSIC,
      edit: (image) => changeFirstEntry(image, 'pc.ram', 2n ** 64n - 1n),
      finds: [{ outcome: 'refused', where: 'ram.blocks[0].usedLength' }],
    },
    {
      name: 'a length of a ROM in a classic stream, which is nothing when it is rounded up',
      capture: CLASSIC,
      edit: (image) => changeFirstEntry(image, '/rom@x', 2n ** 64n - 1n),
      finds: [{ outcome: 'crashes', where: 'ram.blocks[0].usedLength' }],
    },
    {
      name: 'a length of a ROM in a classic stream, which is more than any may have',
      capture: CLASSIC,
      edit: (image) => changeFirstEntry(image, '/rom@x', 2n ** 62n),
      finds: [{ outcome: 'refused', where: 'ram.blocks[0].usedLength' }],
    },
    {
      name: 'a length, for which no bitmap can be allocated',
      edit: (image, good) => {
        image.patch(blockOf(good).headerOffset - 8, be64(2n ** 62n));
      },
      finds: [{ outcome: 'crashes', where: 'ram.blocks[0].usedLength' }],
    },
    {
      name: "a bitmap's offset",
      edit: (image, good) => {
        image.patch(blockOf(good).headerOffset + 12, be64(2n ** 63n));
      },
      finds: [{ outcome: 'refused', where: 'ram.blocks[0].bitmapOffset' }],
    },
    {
      name: 'a page size, which QEMU 10.0 takes',
      qemu: '10.0',
      edit: (image, good) => {
        image.patch(blockOf(good).headerOffset + 4, be64(2n ** 63n));
      },
      finds: [{ outcome: 'wrong-memory', where: 'ram.blocks[0].pageSize' }],
    },
    {
      name: "the pages' offset",
      edit: (image, good) => {
        image.patch(blockOf(good).headerOffset + 20, be64(2n ** 63n));
      },
      finds: [{ outcome: 'refused', where: 'ram.blocks[0].pagesOffset' }],
    },
    {
      name: "the pages' offset, with multifd",
      multifd: true,
      edit: (image, good) => {
        image.patch(blockOf(good).headerOffset + 20, be64(2n ** 63n));
      },
      finds: [{ outcome: 'crashes', where: 'ram.blocks[0].pagesOffset' }],
    },
    {
      name: "the pages' offset of an empty block, of which no channel reads a page",
      multifd: true,
      edit: (image, good) => {
        clearBitmap(image, blockOf(good));
        image.patch(blockOf(good).headerOffset + 20, be64(2n ** 59n));
      },
      finds: [{ outcome: 'refused', where: 'ram.blocks[0].pagesOffset' }],
    },
  ],
  silent: [{ name: 'a good file' }],
});
