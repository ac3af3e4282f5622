import { removeSection, sectionOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { ramEndMissingRule } from './rule.js';

ruleCases(ramEndMissingRule, {
  fires: [
    {
      name: 'a stream without END',
      edit: (image, good) => {
        removeSection(image, sectionOf(good, 'end'));
      },
      finds: [{ outcome: 'restores', severity: 'warning' }],
    },
  ],
  silent: [
    { name: 'in a background snapshot, which has its own rule', capture: 'qemu-10.0/background-snapshot' },
    { name: 'a good file' },
  ],
});
