import { sectionOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { saveCancelledRule } from './rule.js';

ruleCases(saveCancelledRule, {
  fires: [
    {
      name: 'a cancelled save',
      capture: 'qemu-10.0/cancelled',
      finds: [{ outcome: 'refused', severity: 'error' }],
    },
    { name: 'a killed save', capture: 'qemu-10.0/killed', finds: [{ outcome: 'refused' }] },
  ],
  silent: [
    {
      name: 'in a file that was cut off after it was complete',
      edit: (image, good) => {
        image.truncate(sectionOf(good, 'end').byteOffset);
      },
    },
    { name: 'a good file' },
  ],
});
