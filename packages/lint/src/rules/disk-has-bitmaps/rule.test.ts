import { ruleCases } from '../testing/rule-cases.js';
import { diskHasBitmapsRule } from './rule.js';

const refused = { outcome: 'refused', severity: 'error', where: 'file' } as const;

ruleCases(diskHasBitmapsRule, {
  fires: [
    {
      name: 'a mapped-ram stream in a disk with a bitmap',
      isVmState: true,
      dirtyBitmaps: 1,
      finds: [{ ...refused, message: 'The disk image has 1 dirty bitmap.' }],
    },
    {
      name: 'a classic stream in a disk with two',
      capture: 'libvirt-11.3/save-raw',
      isVmState: true,
      dirtyBitmaps: 2,
      qemu: '10.0',
      finds: [{ ...refused, message: 'The disk image has 2 dirty bitmaps.' }],
    },
  ],
  silent: [
    { name: 'a disk without bitmaps', isVmState: true },
    { name: 'a file of its own', qemu: '10.0' },
  ],
});
