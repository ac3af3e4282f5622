import { describe, expect, it } from 'vitest';
import { releasesWithoutRegister } from './arm-registers.js';
import { hasChange } from './changes.js';
import { judgeState, releasesWithoutSubsection } from './device-states.js';
import { hasMachineType, targetsOfMachine } from './machine-types.js';
import { defaultQueueSize } from './queue-sizes.js';
import { measuredAround } from './release.js';

describe('measuredAround', () => {
  it('is the release itself, or its neighbours', () => {
    expect(measuredAround('10.0')).toEqual(['10.0']);
    expect(measuredAround('10.2')).toEqual(['10.0', '11.1']);
    expect(measuredAround('9.2')).toEqual(['10.0']);
    expect(measuredAround('11.2')).toEqual(['11.1']);
  });
});

describe('hasMachineType', () => {
  it.each([
    ['pc-i440fx-2.12', '10.0', 'yes'],
    ['pc-i440fx-2.12', '11.1', 'no'],
    ['pc-i440fx-2.12', '10.2', 'unknown'],
    ['pc-q35-10.0', '10.2', 'yes'],
    ['pc-q35-10.0', '9.2', 'no'],
    ['pc-q35-11.1', '11.0', 'no'],
    ['pc-q35-9.0', '9.2', 'unknown'],
    ['pc-q35-rhel9.6.0', '11.1', 'unknown'],
  ] as const)('%s in QEMU %s: %s', (machine, version, answer) => {
    expect(hasMachineType(machine, version)).toBe(answer);
  });

  it('knows the targets of a type', () => {
    expect(targetsOfMachine('virt')).toEqual(['riscv64']);
    expect(targetsOfMachine('virt-10.0')).toEqual(['aarch64', 'arm']);
  });
});

describe('judgeState', () => {
  it.each([
    ['cpu', 10, 'riscv64', '11.1', 'too-old'],
    ['cpu', 10, 'riscv64', '11.2', 'too-old'],
    ['cpu', 10, 'riscv64', '10.0', 'taken'],
    ['cpu', 12, 'riscv64', '10.0', 'too-new'],
    ['cpu', 12, 'riscv64', '9.2', 'too-new'],
    ['cpu', 10, 'riscv64', '10.2', 'unknown'],
    ['cpu', 12, 'x86_64', '10.2', 'taken'],
    ['cpu', 12, 'x86_64', '9.2', 'unknown'],
    ['vga-isa', 1, 'x86_64', '10.0', 'missing'],
    ['of-a-plug-in', 1, 'x86_64', '10.0', 'unknown'],
  ] as const)('%s version %i of %s in QEMU %s: %s', (name, version, target, release, verdict) => {
    expect(judgeState({ name, version }, target, release).verdict).toBe(verdict);
  });
});

describe('what only some releases have', () => {
  it('knows subsections and registers', () => {
    expect(releasesWithoutSubsection('scsi-disk/pr')).toEqual(['10.0']);
    expect(releasesWithoutSubsection('virtio/64bit_features')).toEqual([]);
    expect(releasesWithoutRegister(0x603000000013c030n)).toEqual(['11.1']);
    expect(releasesWithoutRegister(0x603000000013c000n)).toEqual([]);
  });

  it('knows the queues of virtio devices', () => {
    expect(defaultQueueSize('virtio-net', { index: 1, count: 3 }, '11.1')).toBe(256);
    expect(defaultQueueSize('virtio-net', { index: 2, count: 3 }, '11.1')).toBe(64);
    expect(defaultQueueSize('virtio-net', { index: 4, count: 5 }, '11.1')).toBe(64);
    expect(defaultQueueSize('virtio-console', { index: 9, count: 64 }, '11.1')).toBe(128);
    expect(defaultQueueSize('virtio-rng', { index: 0, count: 1 }, '10.0')).toBe(1024);
  });

  it('gives a boundary that two runs prove as an interval', () => {
    expect(hasChange('ringSizeChecked', '10.0')).toBe('no');
    expect(hasChange('ringSizeChecked', '10.2')).toBe('unknown');
    expect(hasChange('ringSizeChecked', '11.1')).toBe('yes');
    expect(hasChange('zeroBlocksRemoved', '10.2')).toBe('no');
  });
});
