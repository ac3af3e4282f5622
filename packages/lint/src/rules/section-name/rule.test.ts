import { expect } from 'vitest';
import { sectionOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { sectionNameRule } from './rule.js';

ruleCases(sectionNameRule, {
  fires: [
    {
      name: 'a name that is not printable',
      edit: (image, good) => {
        image.patch(sectionOf(good, 'full').byteOffset + 6, Uint8Array.of(7));
      },
      finds: [{ outcome: 'refused', severity: 'error', where: 'sections[4].idstr' }],
    },
    {
      name: 'an empty name',
      edit: (image, good) => {
        const { byteOffset, idstr } = sectionOf(good, 'full');
        image.remove(byteOffset + 6, idstr.length);
        image.patch(byteOffset + 5, Uint8Array.of(0));
      },
      finds: [{ outcome: 'refused', message: expect.stringContaining('empty') }],
    },
  ],
  silent: [{ name: 'a good file' }],
});
