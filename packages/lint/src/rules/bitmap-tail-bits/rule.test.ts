import { expect } from 'vitest';
import { blockOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { bitmapTailBitsRule } from './rule.js';

ruleCases(bitmapTailBitsRule, {
  fires: [
    {
      name: 'a bit behind the last page',
      edit: (image, good) => {
        const { bitmapOffset, bitmapLengthBytes } = blockOf(good);
        image.patch(bitmapOffset + bitmapLengthBytes - 1, Uint8Array.of(0x80));
      },
      finds: [{ outcome: 'restores', severity: 'warning', message: expect.stringContaining('1 bit') }],
    },
  ],
  silent: [{ name: 'a good file' }],
});
