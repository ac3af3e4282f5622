import { expect } from 'vitest';
import { sectionOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { ramSectionOrderRule } from './rule.js';

ruleCases(ramSectionOrderRule, {
  fires: [
    {
      name: 'END twice',
      edit: (image, good) => {
        const { byteOffset, byteLength } = sectionOf(good, 'end');
        image.insert(byteOffset, image.bytes(byteOffset, byteLength));
      },
      finds: [{ outcome: 'restores', severity: 'warning', message: expect.stringContaining('END') }],
    },
  ],
  silent: [{ name: 'a good file' }],
});
