import { ascii, blockOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { blockOrderRule } from './rule.js';

ruleCases(blockOrderRule, {
  fires: [
    {
      name: 'a larger block after a smaller one',
      capture: 'qemu-10.0/microvm',
      edit: (image, good) => {
        const table = blockOf(good, 1);
        image.patch(table.byteOffset + 1, ascii('/xom'));
      },
      finds: [{ outcome: 'restores', severity: 'note', where: 'ram.blocks[2]' }],
    },
  ],
  silent: [{ name: 'a good file', capture: 'qemu-10.0/microvm' }],
});
