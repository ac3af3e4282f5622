import { ruleCases } from '../testing/rule-cases.js';
import { deviceVersionUnsupportedRule } from './rule.js';

ruleCases(deviceVersionUnsupportedRule, {
  fires: [
    {
      name: 'qemu-10.0/riscv64-virt in QEMU 11.1',
      capture: 'qemu-10.0/riscv64-virt',
      qemu: '11.1',
      finds: [
        { outcome: 'refused', actual: '10', expected: '12 to 12' },
        { outcome: 'refused', actual: '1', expected: '3 to 3' },
      ],
    },
    {
      name: 'qemu-11.1/riscv64-virt in QEMU 10.0',
      capture: 'qemu-11.1/riscv64-virt',
      qemu: '10.0',
      finds: [
        { outcome: 'refused', actual: '12', expected: '10 to 10' },
        { outcome: 'refused', actual: '3', expected: '1 to 1' },
      ],
    },
  ],
  silent: [
    { name: 'qemu-10.0/riscv64-virt in QEMU 10.0', capture: 'qemu-10.0/riscv64-virt', qemu: '10.0' },
    { name: 'qemu-10.0/riscv64-virt in QEMU 10.2', capture: 'qemu-10.0/riscv64-virt', qemu: '10.2' },
    { name: 'qemu-10.0/q35-devices in QEMU 11.1', capture: 'qemu-10.0/q35-devices', qemu: '11.1' },
  ],
});
