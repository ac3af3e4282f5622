import { be64, blockOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { pagesOffsetUnusualRule } from './rule.js';

ruleCases(pagesOffsetUnusualRule, {
  fires: [
    {
      name: 'a multiple of the page size only',
      edit: (image, good) => {
        image.patch(blockOf(good).headerOffset + 20, be64(blockOf(good).pagesOffset + 0x1000));
      },
      finds: [{ outcome: 'restores', severity: 'note', actual: '0x101000' }],
    },
  ],
  silent: [
    {
      name: 'where it is no multiple of that either',
      edit: (image, good) => {
        image.patch(blockOf(good).headerOffset + 20, be64(blockOf(good).pagesOffset + 0x800));
      },
    },
    { name: 'a good file' },
  ],
});
