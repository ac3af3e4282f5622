import { ruleCases } from '../testing/rule-cases.js';
import { backgroundSnapshotRule } from './rule.js';

ruleCases(backgroundSnapshotRule, {
  fires: [
    {
      name: 'a background snapshot',
      capture: 'qemu-10.0/background-snapshot',
      finds: [{ outcome: 'wrong-memory', severity: 'error', where: 'ram.blocks[0].bitmap' }],
    },
    {
      name: 'one of a machine with display memory',
      capture: 'qemu-10.0/background-snapshot-pc',
      finds: [{ outcome: 'wrong-memory' }],
    },
  ],
  silent: [{ name: 'in a cancelled save', capture: 'qemu-10.0/cancelled' }, { name: 'a good file' }],
});
