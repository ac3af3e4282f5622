import { be64, sectionOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { ramSizeMissingRule } from './rule.js';

ruleCases(ramSizeMissingRule, {
  fires: [
    {
      name: 'a START without a block table',
      edit: (image, good) => {
        const start = sectionOf(good, 'start');
        image.remove(start.bodyOffset, start.bodyLengthBytes - 8);
      },
      finds: [{ outcome: 'wrong-memory', severity: 'error' }],
    },
    {
      name: 'a total of 0 though there was memory to save',
      edit: (image, good) => {
        const start = sectionOf(good, 'start');
        image.remove(start.bodyOffset + 8, start.bodyLengthBytes - 16);
        image.patch(start.bodyOffset, be64(4));
      },
      finds: [{ outcome: 'wrong-memory' }],
    },
  ],
  silent: [{ name: 'a good file' }],
});
