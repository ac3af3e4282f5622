import { be64, sectionOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { footerMissingRule } from './rule.js';

ruleCases(footerMissingRule, {
  fires: [
    {
      name: 'another byte in its place',
      edit: (image, good) => {
        image.patch(sectionOf(good, 'part').footer?.byteOffset ?? 0, Uint8Array.of(0x7f));
      },
      finds: [{ outcome: 'refused', severity: 'error', where: 'sections[1].footer' }],
    },
    {
      name: 'two EOS words',
      edit: (image, good) => {
        image.insert(sectionOf(good, 'part').bodyOffset, be64(0x10));
      },
      finds: [{ outcome: 'refused' }],
    },
  ],
  silent: [{ name: 'a good file' }],
});
