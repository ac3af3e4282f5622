import { ruleCases } from '../testing/rule-cases.js';
import { footersAbsentRule } from './rule.js';

ruleCases(footersAbsentRule, {
  fires: [
    {
      name: 'a file without footers',
      capture: 'qemu-10.0/no-footers',
      finds: [{ outcome: 'restores', severity: 'note' }],
    },
  ],
  silent: [{ name: 'a good file' }],
});
