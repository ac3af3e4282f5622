import { be16, sectionOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { commandLengthRule } from './rule.js';

ruleCases(commandLengthRule, {
  fires: [
    {
      name: 'data where there is none',
      edit: (image, good) => {
        const { byteOffset } = sectionOf(good, 'end');
        image.insert(byteOffset, Uint8Array.of(8, ...be16(11), ...be16(1), 0));
      },
      finds: [{ outcome: 'refused', severity: 'error', expected: '0', actual: '1' }],
    },
  ],
  silent: [{ name: 'a good file' }],
});
