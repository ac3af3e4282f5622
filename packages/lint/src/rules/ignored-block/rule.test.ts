import { ruleCases } from '../testing/rule-cases.js';
import { ignoredBlockRule } from './rule.js';

ruleCases(ignoredBlockRule, {
  fires: [
    {
      name: 'a block that is not in the file',
      capture: 'qemu-11.1/ignore-shared',
      finds: [{ outcome: 'restores', severity: 'note' }],
    },
    {
      name: 'the same with QEMU 10.0',
      capture: 'qemu-11.1/ignore-shared',
      qemu: '10.0',
      finds: [{ outcome: 'refused' }],
    },
  ],
  silent: [{ name: 'a good file' }],
});
