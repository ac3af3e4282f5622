import { sectionOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { sectionTypeUnknownRule } from './rule.js';

ruleCases(sectionTypeUnknownRule, {
  fires: [
    {
      name: 'another byte in its place',
      edit: (image, good) => {
        image.patch(sectionOf(good, 'part').byteOffset, Uint8Array.of(9));
      },
      finds: [{ outcome: 'refused', severity: 'error', actual: '9' }],
    },
  ],
  silent: [{ name: 'a good file' }],
});
