import { be64, blockOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { pagesOffsetUnalignedRule } from './rule.js';

ruleCases(pagesOffsetUnalignedRule, {
  fires: [
    {
      name: 'an offset within a page',
      edit: (image, good) => {
        image.patch(blockOf(good).headerOffset + 20, be64(blockOf(good).pagesOffset + 0x800));
      },
      finds: [{ outcome: 'refused', severity: 'error', where: 'ram.blocks[0].pagesOffset' }],
    },
  ],
  silent: [{ name: 'a good file' }],
});
