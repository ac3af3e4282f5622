import { expect } from 'vitest';
import { ruleCases } from '../testing/rule-cases.js';
import { deviceStateNotCheckedRule } from './rule.js';

ruleCases(deviceStateNotCheckedRule, {
  fires: [
    {
      name: 'a file without a vmdescription',
      capture: 'qemu-10.0/no-vmdesc',
      finds: [{ outcome: 'restores', severity: 'note', message: expect.stringContaining('timer') }],
    },
  ],
  silent: [{ name: 'a good file' }],
});
