import { be64, blockOf, clearBitmap } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { pagesOverlapRule } from './rule.js';

ruleCases(pagesOverlapRule, {
  fires: [
    {
      name: 'two blocks with one place for their pages',
      capture: 'qemu-10.0/microvm',
      edit: (image, good) => {
        image.patch(blockOf(good, 4).headerOffset + 20, be64(blockOf(good, 0).pagesOffset));
      },
      finds: [{ outcome: 'wrong-memory', severity: 'error', where: 'ram.blocks[4].pagesOffset' }],
    },
    {
      name: 'the same with no page set, which does no harm',
      capture: 'qemu-10.0/microvm',
      edit: (image, good) => {
        const last = blockOf(good, 4);
        image.patch(last.headerOffset + 20, be64(blockOf(good, 0).pagesOffset));
        clearBitmap(image, last);
      },
      finds: [{ outcome: 'restores', severity: 'warning' }],
    },
  ],
  silent: [
    {
      name: 'pages over which a bitmap was moved',
      capture: 'qemu-10.0/microvm',
      edit: (image, good) => {
        image.patch(blockOf(good, 1).headerOffset + 12, be64(blockOf(good, 3).pagesOffset));
      },
    },
    { name: 'a good file', capture: 'qemu-10.0/microvm' },
  ],
});
