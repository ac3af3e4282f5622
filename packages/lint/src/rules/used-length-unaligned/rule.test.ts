import { be64, blockOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { usedLengthUnalignedRule } from './rule.js';

ruleCases(usedLengthUnalignedRule, {
  fires: [
    {
      name: 'a length with bytes over',
      edit: (image, good) => {
        image.patch(blockOf(good).headerOffset - 8, be64(blockOf(good).usedLength + 100));
      },
      finds: [{ outcome: 'restores', severity: 'warning', where: 'ram.blocks[0].usedLength' }],
    },
  ],
  silent: [{ name: 'a good file' }],
});
