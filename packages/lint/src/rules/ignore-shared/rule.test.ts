import { ruleCases } from '../testing/rule-cases.js';
import { ignoreSharedRule } from './rule.js';

ruleCases(ignoreSharedRule, {
  fires: [
    {
      name: 'a file of QEMU 11.1',
      capture: 'qemu-11.1/ignore-shared',
      finds: [{ outcome: 'restores', severity: 'note' }],
    },
    {
      name: 'the same with QEMU 10.0, which cannot load it',
      capture: 'qemu-11.1/ignore-shared',
      qemu: '10.0',
      finds: [{ outcome: 'refused', severity: 'error' }],
    },
  ],
  silent: [{ name: 'a good file' }],
});
