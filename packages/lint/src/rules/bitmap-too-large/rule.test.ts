import { be64, blockOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { bitmapTooLargeRule } from './rule.js';

ruleCases(bitmapTooLargeRule, {
  fires: [
    {
      name: 'a length of 1 PiB',
      edit: (image, good) => {
        image.patch(blockOf(good).headerOffset - 8, be64(2n ** 50n));
      },
      finds: [{ outcome: 'crashes', severity: 'error', where: 'ram.blocks[0].usedLength' }],
    },
  ],
  silent: [{ name: 'a good file' }],
});
