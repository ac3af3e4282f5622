import { blockOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { bitmapAllSetRule } from './rule.js';

ruleCases(bitmapAllSetRule, {
  fires: [
    {
      name: 'every page of a larger memory',
      capture: 'qemu-10.0/isapc',
      edit: (image, good) => {
        const { bitmapOffset, bitmapLengthBytes } = blockOf(good);
        image.patch(bitmapOffset, new Uint8Array(bitmapLengthBytes).fill(0xff));
      },
      finds: [{ outcome: 'restores', severity: 'note' }],
    },
  ],
  silent: [{ name: 'a good file', capture: 'qemu-10.0/isapc' }],
});
