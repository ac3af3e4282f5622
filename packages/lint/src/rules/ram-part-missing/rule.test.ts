import { removeSection, sectionOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { ramPartMissingRule } from './rule.js';

ruleCases(ramPartMissingRule, {
  fires: [
    {
      name: 'a stream without PART',
      edit: (image, good) => {
        removeSection(image, sectionOf(good, 'part'));
      },
      finds: [{ outcome: 'restores', severity: 'note' }],
    },
  ],
  silent: [
    { name: 'where no memory is in the file', capture: 'qemu-11.1/ignore-shared' },
    { name: 'a good file' },
  ],
});
