import { blockOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { holesLostRule } from './rule.js';

ruleCases(holesLostRule, {
  fires: [
    {
      name: 'a file that lost its holes',
      capture: 'qemu-10.0/sparse-4g',
      edit: (image, good) => {
        const { pagesOffset } = blockOf(good);
        image.patch(pagesOffset + 2 ** 30, new Uint8Array(32 * 2 ** 20));
      },
      finds: [{ outcome: 'restores', severity: 'note', where: 'file' }],
    },
  ],
  silent: [
    { name: 'a good file', capture: 'qemu-10.0/sparse-4g' },
    {
      name: 'a save that was cut short, whose bitmaps say nothing',
      capture: 'qemu-10.0/sparse-4g',
      edit: (image, good) => {
        const { pagesOffset } = blockOf(good);
        image.patch(pagesOffset + 2 ** 30, new Uint8Array(32 * 2 ** 20));
        image.truncate(good.endMarkerOffset ?? 0);
      },
    },
  ],
});
