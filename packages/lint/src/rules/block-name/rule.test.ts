import { blockOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { blockNameRule } from './rule.js';

ruleCases(blockNameRule, {
  fires: [
    {
      name: 'a name that is not printable',
      edit: (image, good) => {
        image.patch(blockOf(good).byteOffset + 1, Uint8Array.of(7));
      },
      finds: [{ outcome: 'refused', severity: 'error', where: 'ram.blocks[0].idstr' }],
    },
  ],
  silent: [{ name: 'a good file' }],
});
