import type { SparseImage } from '@mapped-ram/fixtures';
import type { RamBlock } from '@mapped-ram/reader';
import { expect } from 'vitest';
import { blockOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { bitmapByteOrderRule } from './rule.js';

ruleCases(bitmapByteOrderRule, {
  fires: [
    {
      name: 'words that make sense in the other order',
      edit: (image, good) => {
        swapWords(image, blockOf(good));
      },
      finds: [{ outcome: 'restores', severity: 'note', message: expect.stringContaining('big-endian') }],
    },
  ],
  silent: [
    {
      name: 'when told the order',
      wordOrder: 'be',
      edit: (image, good) => {
        swapWords(image, blockOf(good));
      },
    },
    { name: 'a good file' },
  ],
});

function swapWords(image: SparseImage, { bitmapOffset, bitmapLengthBytes }: RamBlock): void {
  for (let at = bitmapOffset; at < bitmapOffset + bitmapLengthBytes; at += 8) {
    image.patch(at, image.bytes(at, 8).reverse());
  }
}
