import { ruleCases } from '../testing/rule-cases.js';
import { virtioRingTooLargeRule } from './rule.js';

ruleCases(virtioRingTooLargeRule, {
  fires: [
    {
      name: 'qemu-10.0/q35-devices in QEMU 11.1',
      capture: 'qemu-10.0/q35-devices',
      qemu: '11.1',
      finds: [
        { outcome: 'refused', expected: 'at most 64', actual: '1024' },
        { expected: 'at most 8' },
        { expected: 'at most 128' },
        { expected: 'at most 128' },
      ],
    },
    {
      name: 'qemu-10.0/virtio-mem in QEMU 10.2',
      capture: 'qemu-10.0/virtio-mem',
      qemu: '10.2',
      finds: [{ outcome: 'restores', severity: 'note' }],
    },
  ],
  silent: [
    { name: 'qemu-10.0/q35-devices in QEMU 10.0', capture: 'qemu-10.0/q35-devices', qemu: '10.0' },
    { name: 'qemu-11.1/q35-devices in QEMU 11.1', capture: 'qemu-11.1/q35-devices', qemu: '11.1' },
    { name: 'qemu-11.1/virtio-mem in QEMU 11.1', capture: 'qemu-11.1/virtio-mem', qemu: '11.1' },
  ],
});
