import { expect } from 'vitest';
import { be64, blockOf, sectionOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { blockTableRule } from './rule.js';

ruleCases(blockTableRule, {
  fires: [
    {
      name: 'a total that is a page too large',
      edit: (image, good) => {
        image.patch(sectionOf(good, 'start').bodyOffset, be64(blockOf(good).usedLength + 0x1000 + 4));
      },
      finds: [{ outcome: 'refused', severity: 'error' }],
    },
    {
      name: 'a total that is a page too small',
      edit: (image, good) => {
        image.patch(sectionOf(good, 'start').bodyOffset, be64(blockOf(good).usedLength - 0x1000 + 4));
      },
      finds: [{ outcome: 'refused', message: expect.stringContaining('65536') }],
    },
  ],
  silent: [{ name: 'a good file' }],
});
