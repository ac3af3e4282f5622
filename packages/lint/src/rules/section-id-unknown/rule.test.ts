import { expect } from 'vitest';
import { be32, sectionOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { sectionIdUnknownRule } from './rule.js';

ruleCases(sectionIdUnknownRule, {
  fires: [
    {
      name: 'a PART with another id',
      edit: (image, good) => {
        image.patch(sectionOf(good, 'part').byteOffset + 1, be32(0x99));
      },
      finds: [{ outcome: 'refused', severity: 'error', message: expect.stringContaining('153') }],
    },
  ],
  silent: [{ name: 'a good file' }],
});
