import { be64, blockOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { bitmapOverlapRule } from './rule.js';

ruleCases(bitmapOverlapRule, {
  fires: [
    {
      name: 'a bitmap over the header of the stream',
      edit: (image, good) => {
        image.patch(blockOf(good).headerOffset + 12, be64(0));
      },
      finds: [{ outcome: 'wrong-memory', severity: 'error', expected: '0x81', actual: '0x0' }],
    },
    {
      name: 'a bitmap over the pages',
      edit: (image, good) => {
        image.patch(blockOf(good).headerOffset + 12, be64(blockOf(good).pagesOffset));
      },
      finds: [{ outcome: 'wrong-memory' }],
    },
  ],
  silent: [{ name: 'a good file' }],
});
