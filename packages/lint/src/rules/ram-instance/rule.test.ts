import { be32, sectionOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { ramInstanceRule } from './rule.js';

ruleCases(ramInstanceRule, {
  fires: [
    {
      name: 'instance 1',
      edit: (image, good) => {
        image.patch(sectionOf(good, 'start').bodyOffset - 8, be32(1));
      },
      finds: [{ outcome: 'refused', severity: 'error', where: 'sections[0].instanceId' }],
    },
  ],
  silent: [{ name: 'a good file' }],
});
