import { expect } from 'vitest';
import { blockOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { pagesTruncatedRule } from './rule.js';

ruleCases(pagesTruncatedRule, {
  fires: [
    {
      name: 'a file that ends in the pages',
      qemu: '10.0',
      edit: (image, good) => {
        image.truncate(blockOf(good).pagesOffset + 0x2064);
      },
      finds: [{ outcome: 'refused', severity: 'error', qemu: expect.stringContaining('Partial read') }],
    },
    {
      name: 'the same in QEMU 11.1',
      qemu: '11.1',
      edit: (image, good) => {
        image.truncate(blockOf(good).pagesOffset + 0x2064);
      },
      finds: [{ outcome: 'refused', qemu: expect.stringContaining('Unexpected end-of-file') }],
    },
    {
      name: 'the same with multifd',
      multifd: true,
      edit: (image, good) => {
        image.truncate(blockOf(good).pagesOffset + 0x2064);
      },
      finds: [{ outcome: 'crashes' }],
    },
    {
      name: 'the same in a disk image',
      isVmState: true,
      edit: (image, good) => {
        image.truncate(blockOf(good).pagesOffset + 0x2064);
      },
      finds: [{ outcome: 'wrong-memory' }],
    },
  ],
  silent: [{ name: 'a good file' }],
});
