import {
  type CaptureInfo,
  captureInfo,
  loadCapture,
  ruleThatCannotTell,
  testedCaptures,
} from '@mapped-ram/fixtures';
import { describe, expect, it } from 'vitest';
import { lintSource } from './lint.js';
import { type QemuVersion, qemuVersions } from './target.js';

const captures = testedCaptures().map((id) => captureInfo(id));

/** The versions that a capture was restored with. */
function triedVersions({ restoreResults }: CaptureInfo): QemuVersion[] {
  return qemuVersions.filter((version) => restoreResults[version] !== undefined);
}

describe.each(captures)('$id', (capture) => {
  const { id, streamOffset, restoreResults } = capture;

  // What is recorded of it was done with mapped-ram on, and libvirt leaves it off: tools/capture restores it so.
  it.skipIf(id === 'libvirt-11.3/save-raw').each(triedVersions(capture))(
    'does in QEMU %s what is predicted',
    async (qemu) => {
      const report = await lintSource(await loadCapture(id), { qemu, streamOffset });
      const verdict = restoreResults[qemu]?.verdict;
      expect(report.verdict).toBe(verdict === 'hangs' ? 'crashes' : verdict);
    },
  );
});

describe.each(captures.filter(({ good }) => good))('$id, which is good,', ({ id, streamOffset }) => {
  it.each([false, true])('has notes at most (deep: %s)', async (deep) => {
    const qemu = id.startsWith('qemu-10.0/') ? '10.0' : '11.1';
    const report = await lintSource(await loadCapture(id), { qemu, streamOffset, deep });
    const grave = report.findings.filter(({ severity }) => severity !== 'note');
    const doubt = ruleThatCannotTell(id);
    expect(report.verdict).toBe('restores');
    expect(grave.map(({ rule, severity }) => [rule, severity])).toEqual(
      doubt === undefined ? [] : [[doubt, 'warning']],
    );
  });
});
