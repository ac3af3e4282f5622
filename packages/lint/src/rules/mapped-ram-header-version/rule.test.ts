import { be32, blockOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { mappedRamHeaderVersionRule } from './rule.js';

ruleCases(mappedRamHeaderVersionRule, {
  fires: [
    {
      name: 'a higher version',
      edit: (image, good) => {
        image.patch(blockOf(good).headerOffset, be32(2));
      },
      finds: [{ outcome: 'refused', severity: 'error', where: 'ram.blocks[0].headerVersion', actual: '2' }],
    },
    {
      name: 'version 0, which QEMU takes',
      edit: (image, good) => {
        image.patch(blockOf(good).headerOffset, be32(0));
      },
      finds: [{ outcome: 'restores', severity: 'warning', actual: '0' }],
    },
  ],
  silent: [{ name: 'a good file' }],
});
