import { expect } from 'vitest';
import { be32 } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { streamVersionRule } from './rule.js';

ruleCases(streamVersionRule, {
  fires: [
    {
      name: 'version 2',
      edit: (image) => {
        image.patch(4, be32(2));
      },
      finds: [{ outcome: 'refused', byteOffset: 4, qemu: expect.stringContaining('obsolete') }],
    },
    {
      name: 'version 4',
      edit: (image) => {
        image.patch(4, be32(4));
      },
      finds: [{ outcome: 'refused', byteOffset: 4, qemu: expect.stringContaining('Unsupported') }],
    },
    {
      name: 'version 1, which is not obsolete but unknown',
      edit: (image) => {
        image.patch(4, be32(1));
      },
      finds: [{ qemu: expect.stringContaining('Unsupported') }],
    },
  ],
  silent: [{ name: 'a good file' }],
});
