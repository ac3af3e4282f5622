import { expect } from 'vitest';
import { removeSection, sectionOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { vmdescriptionMismatchRule } from './rule.js';

ruleCases(vmdescriptionMismatchRule, {
  fires: [
    {
      name: 'a device without a section',
      edit: (image, good) => {
        removeSection(image, sectionOf(good, 'full'));
      },
      finds: [{ outcome: 'restores', severity: 'warning', message: expect.stringContaining('timer') }],
    },
  ],
  silent: [{ name: 'a good file' }],
});
