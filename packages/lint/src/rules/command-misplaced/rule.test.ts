import { expect } from 'vitest';
import { be16, be32, sectionOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { commandMisplacedRule } from './rule.js';

ruleCases(commandMisplacedRule, {
  fires: [
    {
      name: 'postcopy',
      edit: (image, good) => {
        const { byteOffset } = sectionOf(good, 'end');
        image.insert(byteOffset, Uint8Array.of(8, ...be16(4), ...be16(0)));
      },
      finds: [{ outcome: 'refused', severity: 'error' }],
    },
    {
      name: 'a ping without a return path',
      edit: (image, good) => {
        const { byteOffset } = sectionOf(good, 'end');
        image.insert(byteOffset, Uint8Array.of(8, ...be16(2), ...be16(4), ...be32(1)));
      },
      finds: [{ outcome: 'refused', qemu: expect.stringContaining('CMD_PING') }],
    },
    {
      name: 'a second postcopy advise',
      edit: (image, good) => {
        const { byteOffset } = sectionOf(good, 'end');
        const advise = Uint8Array.of(8, ...be16(3), ...be16(0));
        image.insert(byteOffset, Uint8Array.of(...advise, ...advise));
      },
      finds: [
        { outcome: 'restores', severity: 'warning' },
        { outcome: 'refused', severity: 'error' },
      ],
    },
    {
      name: 'a postcopy advise, which QEMU takes',
      edit: (image, good) => {
        const { byteOffset } = sectionOf(good, 'end');
        image.insert(byteOffset, Uint8Array.of(8, ...be16(3), ...be16(0)));
      },
      finds: [{ outcome: 'restores', severity: 'warning' }],
    },
  ],
  silent: [
    { name: 'in a file that was saved with a return path', capture: 'qemu-10.0/return-path' },
    { name: 'a good file' },
  ],
});
