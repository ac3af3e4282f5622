import { be16, sectionOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { commandUnknownRule } from './rule.js';

ruleCases(commandUnknownRule, {
  fires: [
    {
      name: 'a number that no version has',
      edit: (image, good) => {
        const { byteOffset } = sectionOf(good, 'end');
        image.insert(byteOffset, Uint8Array.of(8, ...be16(99), ...be16(0)));
      },
      finds: [{ outcome: 'refused', severity: 'error', where: 'sections[3].command', actual: '99' }],
    },
    { name: 'switchover start in QEMU 9.2', qemu: '9.2', finds: [{ outcome: 'refused', actual: '11' }] },
  ],
  silent: [{ name: 'a good file' }],
});
