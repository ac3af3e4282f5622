import { ruleCases } from '../testing/rule-cases.js';
import { armRegisterUnknownRule } from './rule.js';

ruleCases(armRegisterUnknownRule, {
  fires: [
    {
      name: 'qemu-10.0/aarch64-cortex-a57 in QEMU 11.1',
      capture: 'qemu-10.0/aarch64-cortex-a57',
      qemu: '11.1',
      finds: [{ outcome: 'refused', actual: '0x603000000013c030' }],
    },
    {
      name: 'qemu-10.0/aarch64-cortex-a57 in QEMU 10.2',
      capture: 'qemu-10.0/aarch64-cortex-a57',
      qemu: '10.2',
      finds: [{ outcome: 'restores', severity: 'note' }],
    },
  ],
  silent: [
    {
      name: 'qemu-10.0/aarch64-cortex-a57 in QEMU 10.0',
      capture: 'qemu-10.0/aarch64-cortex-a57',
      qemu: '10.0',
    },
    { name: 'qemu-10.0/aarch64-virt in QEMU 11.1', capture: 'qemu-10.0/aarch64-virt', qemu: '11.1' },
    {
      name: 'qemu-11.1/aarch64-cortex-a57 in QEMU 11.1',
      capture: 'qemu-11.1/aarch64-cortex-a57',
      qemu: '11.1',
    },
    { name: 'qemu-10.0/q35 in QEMU 11.1', capture: 'qemu-10.0/q35', qemu: '11.1' },
  ],
});
