import { ruleCases } from '../testing/rule-cases.js';
import { machineTypeMissingRule } from './rule.js';

ruleCases(machineTypeMissingRule, {
  fires: [
    {
      name: 'qemu-10.0/older-machine in QEMU 11.1',
      capture: 'qemu-10.0/older-machine',
      qemu: '11.1',
      finds: [{ outcome: 'refused', severity: 'error', where: 'configuration.machine' }],
    },
    {
      name: 'qemu-11.1/q35 in QEMU 10.0',
      capture: 'qemu-11.1/q35',
      qemu: '10.0',
      finds: [{ outcome: 'refused' }],
    },
    {
      name: 'qemu-10.0/q35 in QEMU 9.2',
      capture: 'qemu-10.0/q35',
      qemu: '9.2',
      finds: [{ outcome: 'refused' }],
    },
  ],
  silent: [
    { name: 'qemu-10.0/older-machine in QEMU 10.0', capture: 'qemu-10.0/older-machine', qemu: '10.0' },
    { name: 'qemu-10.0/older-machine in QEMU 10.2', capture: 'qemu-10.0/older-machine', qemu: '10.2' },
    { name: 'qemu-10.0/none in QEMU 9.0', capture: 'qemu-10.0/none', qemu: '9.0' },
    { name: 'qemu-10.0/no-configuration in QEMU 11.1', capture: 'qemu-10.0/no-configuration', qemu: '11.1' },
  ],
});
