import { expect } from 'vitest';
import { be64, blockOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { pageSizeMismatchRule } from './rule.js';

ruleCases(pageSizeMismatchRule, {
  fires: [
    {
      name: 'a larger page size in QEMU 10.0',
      qemu: '10.0',
      edit: (image, good) => {
        image.patch(blockOf(good).headerOffset + 4, be64(0x2000));
      },
      finds: [{ outcome: 'wrong-memory', severity: 'error', expected: '0x1000', actual: '0x2000' }],
    },
    {
      name: 'the same in QEMU 11.1',
      qemu: '11.1',
      edit: (image, good) => {
        image.patch(blockOf(good).headerOffset + 4, be64(0x2000));
      },
      finds: [{ outcome: 'refused' }],
    },
    {
      name: 'a smaller page size that reads no further bit',
      qemu: '10.0',
      edit: (image, good) => {
        image.patch(blockOf(good).headerOffset + 4, be64(0x800));
      },
      finds: [{ outcome: 'restores', severity: 'warning' }],
    },
    {
      name: 'a smaller page size that reads bits of pages that are not there',
      qemu: '10.0',
      edit: (image, good) => {
        const { headerOffset, bitmapOffset, bitmapLengthBytes } = blockOf(good);
        image.patch(headerOffset + 4, be64(0x800));
        image.patch(bitmapOffset, new Uint8Array(bitmapLengthBytes).fill(0xff));
      },
      finds: [{ outcome: 'refused', qemu: expect.stringContaining('page outside of ramblock') }],
    },
  ],
  silent: [{ name: 'a good file' }],
});
