import { sectionOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { ramSectionMissingRule } from './rule.js';

ruleCases(ramSectionMissingRule, {
  fires: [
    {
      name: 'a stream without START, PART and END',
      edit: (image, good) => {
        const start = sectionOf(good, 'start');
        image.remove(start.byteOffset, sectionOf(good, 'full').byteOffset - start.byteOffset);
      },
      finds: [{ outcome: 'wrong-memory', severity: 'error' }],
    },
    {
      name: 'a stream of nothing, which QEMU refuses for want of a configuration section',
      edit: (image, good) => {
        image.patch(good.configuration?.byteOffset ?? 0, Uint8Array.of(0));
      },
      finds: [{ outcome: 'refused' }],
    },
  ],
  silent: [{ name: 'a good file' }],
});
