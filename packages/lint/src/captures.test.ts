import {
  type CaptureInfo,
  captureInfo,
  loadCapture,
  ruleThatCannotTell,
  testedCaptures,
} from '@mapped-ram/fixtures';
import { openSnapshot } from '@mapped-ram/reader';
import { describe, expect, it } from 'vitest';
import { lintSource } from './lint.js';
import { type QemuVersion, qemuVersions } from './target.js';

/** Of a libvirt save image. */
const RAW_FORMAT = 0;

const captures = testedCaptures().map((id) => captureInfo(id));

/** The versions that a capture was restored with. */
function triedVersions({ restoreResults }: CaptureInfo): QemuVersion[] {
  return qemuVersions.filter((version) => restoreResults[version] !== undefined);
}

describe.each(captures)('$id', (capture) => {
  const { id, streamOffset, restoreResults } = capture;

  it.each(triedVersions(capture))('does in QEMU %s what is predicted', async (qemu) => {
    const image = await loadCapture(id);
    const report = await lintSource(image, { qemu, streamOffset });
    // Every capture was tried with mapped-ram on. libvirt leaves it off for an image of format raw, and so does what is predicted: tools/capture
    // has QEMU restore it so.
    const { libvirt } = await openSnapshot(image, { tolerant: true });
    const verdict = restoreResults[qemu]?.verdict;
    const seen = libvirt?.format === RAW_FORMAT ? 'restores' : verdict;
    expect(report.verdict).toBe(seen === 'hangs' ? 'crashes' : seen);
  });
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
