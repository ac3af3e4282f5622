import { be64, blockOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { pageSizeZeroRule } from './rule.js';

ruleCases(pageSizeZeroRule, {
  fires: [
    {
      name: 'a page size of 0 in QEMU 10.0',
      qemu: '10.0',
      edit: (image, good) => {
        image.patch(blockOf(good).headerOffset + 4, be64(0));
      },
      finds: [{ outcome: 'crashes', severity: 'error', expected: '0x1000' }],
    },
    {
      name: 'the same in QEMU 11.1',
      qemu: '11.1',
      edit: (image, good) => {
        image.patch(blockOf(good).headerOffset + 4, be64(0));
      },
      finds: [{ outcome: 'refused' }],
    },
  ],
  silent: [{ name: 'a good file' }],
});
