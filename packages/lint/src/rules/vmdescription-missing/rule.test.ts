import { ruleCases } from '../testing/rule-cases.js';
import { vmdescriptionMissingRule } from './rule.js';

ruleCases(vmdescriptionMissingRule, {
  fires: [
    {
      name: 'a file without one',
      capture: 'qemu-10.0/no-vmdesc',
      finds: [{ outcome: 'restores', severity: 'note' }],
    },
  ],
  silent: [{ name: 'a good file' }],
});
