import { sectionOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { deviceStateMismatchRule } from './rule.js';

ruleCases(deviceStateMismatchRule, {
  fires: [
    {
      name: "a device's state without its last byte",
      edit: (image, good) => {
        const { footer } = sectionOf(good, 'full');
        image.remove((footer?.byteOffset ?? 0) - 1, 1);
      },
      finds: [{ outcome: 'refused', severity: 'error' }],
    },
  ],
  silent: [{ name: 'a good file' }],
});
