import { captureInfo } from '@mapped-ram/fixtures';
import { findQemu, type QemuTarget } from '@mapped-ram/tool-qemu';
import { describe, expect, test } from 'vitest';
import { verdictsOfCapture } from './testing/capture-verdicts.js';

// Every capture in every QEMU is in captured-machines.all.test.ts, and every capture in the report.
describe.each([
  ['qemu-10.0/older-machine', '11.1', 'refused'],
  ['qemu-10.0/virtio-mem', '11.1', 'refused'],
  ['qemu-11.1/virtio-mem', '11.1', 'restores'],
  ['qemu-10.0/q35', '11.1', 'restores'],
  ['qemu-10.0/riscv64-virt', '11.1', 'refused'],
  ['qemu-11.1/aarch64-cortex-a57', '10.0', 'crashes'],
] as const)('%s in QEMU %s', (id, version, verdict) => {
  const program = findQemu(version, captureInfo(id).machine.target as QemuTarget);
  const missing = program.kind === 'missing' ? `, missing tool: ${program.reason}` : '';

  test.skipIf(missing !== '')(`${verdict}, as predicted${missing}`, async () => {
    const { report, seen, text } = await verdictsOfCapture(id, version);
    expect(seen, text).toBe(verdict);
    expect(report.verdict).toBe(verdict);
  });
});
