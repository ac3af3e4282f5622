import { expect } from 'vitest';
import { be64, sectionOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { ramFlagsUnknownRule } from './rule.js';

ruleCases(ramFlagsUnknownRule, {
  fires: [
    {
      name: 'a flag that there is not',
      edit: (image, good) => {
        image.patch(sectionOf(good, 'part').bodyOffset, be64(0x410));
      },
      finds: [{ outcome: 'refused', severity: 'error', message: expect.stringContaining('0x400') }],
    },
    {
      name: 'no flag at all',
      edit: (image, good) => {
        image.patch(sectionOf(good, 'part').bodyOffset, be64(0));
      },
      finds: [{ outcome: 'refused', message: expect.stringContaining('none') }],
    },
  ],
  silent: [{ name: 'a good file' }],
});
