import { captureInfo, testedMachines } from '@mapped-ram/fixtures';
import { findQemu, QEMU_VERSIONS, type QemuTarget } from '@mapped-ram/tool-qemu';
import { describe, expect, test } from 'vitest';
import { verdictsOfCapture } from './testing/capture-verdicts.js';

// `npm run report` puts every capture to every version.
describe.each(QEMU_VERSIONS)('QEMU %s', (version) => {
  describe.each(testedMachines())('%s', (id) => {
    const program = findQemu(version, captureInfo(id).machine.target as QemuTarget);
    const missing = program.kind === 'missing' ? `, missing tool: ${program.reason}` : '';

    test.skipIf(missing !== '')(`does what the linter predicts${missing}`, async () => {
      const { report, seen, text } = await verdictsOfCapture(id, version);
      expect(report.verdict, text).toBe(seen);
    });
  });
});
