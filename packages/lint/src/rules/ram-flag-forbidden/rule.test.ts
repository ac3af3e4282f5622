import { expect } from 'vitest';
import { be64, sectionOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { ramFlagForbiddenRule } from './rule.js';

ruleCases(ramFlagForbiddenRule, {
  fires: [
    {
      name: 'a PAGE word',
      edit: (image, good) => {
        image.patch(sectionOf(good, 'part').bodyOffset, be64(0x18));
      },
      finds: [{ outcome: 'refused', severity: 'error', message: expect.stringContaining('PAGE') }],
    },
    {
      name: 'a footer in the place of EOS, and says so',
      edit: (image, good) => {
        image.remove(sectionOf(good, 'part').bodyOffset, 8);
      },
      finds: [
        { outcome: 'refused', message: expect.stringContaining('EOS word before the footer is missing') },
      ],
    },
  ],
  silent: [{ name: 'a good file' }],
});
