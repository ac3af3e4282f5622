import { be64, blockOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { bitmapOffsetUnusualRule } from './rule.js';

ruleCases(bitmapOffsetUnusualRule, {
  fires: [
    {
      name: 'a bitmap that was moved',
      edit: (image, good) => {
        const { headerOffset, bitmapOffset, bitmapLengthBytes } = blockOf(good);
        image.patch(0x8000, image.bytes(bitmapOffset, bitmapLengthBytes));
        image.patch(headerOffset + 12, be64(0x8000));
      },
      finds: [{ outcome: 'restores', severity: 'note', actual: '0x8000' }],
    },
  ],
  silent: [{ name: 'a good file' }],
});
