import { be32, sectionOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { footerMismatchRule } from './rule.js';

ruleCases(footerMismatchRule, {
  fires: [
    {
      name: 'another id',
      edit: (image, good) => {
        image.patch((sectionOf(good, 'part').footer?.byteOffset ?? 0) + 1, be32(0x63));
      },
      finds: [{ outcome: 'refused', severity: 'error', where: 'sections[1].footer', actual: '99 (0x63)' }],
    },
  ],
  silent: [{ name: 'a good file' }],
});
