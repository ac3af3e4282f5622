import { ruleCases } from '../testing/rule-cases.js';
import { devicesNotCheckedRule } from './rule.js';

ruleCases(devicesNotCheckedRule, {
  fires: [
    {
      name: 'qemu-10.0/none in QEMU 9.2',
      capture: 'qemu-10.0/none',
      qemu: '9.2',
      finds: [
        {
          outcome: 'restores',
          severity: 'note',
          message:
            'The devices were not checked: it is not known whether QEMU 9.2 has the machine type none.',
        },
      ],
    },
    {
      name: 'qemu-10.0/older-machine in QEMU 10.2',
      capture: 'qemu-10.0/older-machine',
      qemu: '10.2',
      finds: [{ outcome: 'restores' }],
    },
    {
      name: 'qemu-10.0/riscv64-virt in QEMU 10.2',
      capture: 'qemu-10.0/riscv64-virt',
      qemu: '10.2',
      finds: [{ outcome: 'restores' }],
    },
    {
      name: 'qemu-10.0/no-configuration in QEMU 10.0',
      capture: 'qemu-10.0/no-configuration',
      qemu: '10.0',
      finds: [{ message: 'The devices were not checked: the file does not name the machine type.' }],
    },
    {
      name: 'qemu-10.0/virtio-mem in QEMU 10.2',
      capture: 'qemu-10.0/virtio-mem',
      qemu: '10.2',
      finds: [{ outcome: 'restores' }],
    },
    {
      name: 'qemu-10.0/aarch64-cortex-a57 in QEMU 10.2',
      capture: 'qemu-10.0/aarch64-cortex-a57',
      qemu: '10.2',
      finds: [{ outcome: 'restores' }],
    },
  ],
  silent: [
    { name: 'qemu-10.0/q35-devices in QEMU 10.0', capture: 'qemu-10.0/q35-devices', qemu: '10.0' },
    { name: 'qemu-10.0/q35 in QEMU 11.1', capture: 'qemu-10.0/q35', qemu: '11.1' },
    { name: 'qemu-10.0/q35 in QEMU 10.2', capture: 'qemu-10.0/q35', qemu: '10.2' },
    {
      name: 'qemu-11.1/aarch64-cortex-a57 in QEMU 11.1',
      capture: 'qemu-11.1/aarch64-cortex-a57',
      qemu: '11.1',
    },
  ],
});
