import { ruleCases } from '../testing/rule-cases.js';
import { armTimerUnexpectedRule } from './rule.js';

ruleCases(armTimerUnexpectedRule, {
  fires: [
    {
      name: 'qemu-11.1/aarch64-cortex-a57 in QEMU 10.0',
      capture: 'qemu-11.1/aarch64-cortex-a57',
      qemu: '10.0',
      finds: [{ outcome: 'crashes', severity: 'error' }],
    },
    {
      name: 'qemu-11.1/aarch64-cortex-a57 in QEMU 10.2',
      capture: 'qemu-11.1/aarch64-cortex-a57',
      qemu: '10.2',
      finds: [{ outcome: 'restores', severity: 'note' }],
    },
  ],
  silent: [
    {
      name: 'qemu-11.1/aarch64-cortex-a57 in QEMU 11.1',
      capture: 'qemu-11.1/aarch64-cortex-a57',
      qemu: '11.1',
    },
    {
      name: 'qemu-10.0/aarch64-cortex-a57 in QEMU 10.0',
      capture: 'qemu-10.0/aarch64-cortex-a57',
      qemu: '10.0',
    },
    { name: 'qemu-10.0/q35 in QEMU 10.0', capture: 'qemu-10.0/q35', qemu: '10.0' },
  ],
});
