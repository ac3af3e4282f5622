import { be32, sectionOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { ramVersionRule } from './rule.js';

ruleCases(ramVersionRule, {
  fires: [
    {
      name: 'version 5',
      edit: (image, good) => {
        image.patch(sectionOf(good, 'start').bodyOffset - 4, be32(5));
      },
      finds: [{ outcome: 'refused', severity: 'error', where: 'sections[0].versionId', actual: '5' }],
    },
  ],
  silent: [{ name: 'a good file' }],
});
