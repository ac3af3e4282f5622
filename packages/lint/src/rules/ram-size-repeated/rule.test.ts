import { be64, sectionOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { ramSizeRepeatedRule } from './rule.js';

ruleCases(ramSizeRepeatedRule, {
  fires: [
    {
      name: 'an empty table in PART',
      edit: (image, good) => {
        image.insert(sectionOf(good, 'part').bodyOffset, be64(4));
      },
      finds: [{ outcome: 'restores', severity: 'warning', where: 'sections[1].ram' }],
    },
  ],
  silent: [{ name: 'a good file' }],
});
