import { ascii, blockOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { blockDuplicateRule } from './rule.js';

ruleCases(blockDuplicateRule, {
  fires: [
    {
      name: 'two blocks of one name',
      capture: 'qemu-10.0/numa',
      edit: (image, good) => {
        const [first, second] = [blockOf(good, 0), blockOf(good, 1)];
        image.patch(second.byteOffset + 1, ascii(first.idstr));
      },
      finds: [{ outcome: 'restores', severity: 'warning', where: 'ram.blocks[1].idstr' }],
    },
  ],
  silent: [{ name: 'a good file', capture: 'qemu-10.0/numa' }],
});
