import { ruleCases } from '../testing/rule-cases.js';
import { internalSnapshotRule } from './rule.js';

ruleCases(internalSnapshotRule, {
  fires: [
    {
      name: 'what QEMU 11.1 saved into a disk, in 10.0',
      isVmState: true,
      qemu: '10.0',
      finds: [{ outcome: 'refused', severity: 'error', where: 'ram.blocks[0]' }],
    },
    { name: 'the same in 11.1', isVmState: true, finds: [{ outcome: 'restores', severity: 'note' }] },
    { name: 'the same with multifd', isVmState: true, multifd: true, finds: [{ outcome: 'refused' }] },
  ],
  silent: [
    { name: 'a file of its own', qemu: '10.0' },
    { name: 'a classic stream in a disk', capture: 'libvirt-11.3/save-raw', isVmState: true, qemu: '10.0' },
  ],
});
