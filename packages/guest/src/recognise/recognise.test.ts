import { loadCapture } from '@mapped-ram/fixtures';
import { openSnapshot } from '@mapped-ram/reader';
import { describe, expect, it } from 'vitest';
import { openLinuxGuest } from '../linux-guest.js';
import { syntheticSnapshot } from '../testing/synthetic-snapshot.js';
import { SYSTEM_MARKS } from './system-marks.js';

/** Not VMCOREINFO, but what the memory has in its place. */
const withText = async (text: string) => {
  const { snapshot } = await syntheticSnapshot(1, { text });
  return openLinuxGuest(snapshot).catch((error: Error) => error.message);
};

describe('a guest that is not understood', () => {
  it.each([
    [`RSDS${'\x01'.repeat(20)}ntkrnlmp.pdb\0`, 'Windows (its kernel is there: ntkrnlmp.pdb)'],
    [
      'Linux version 4.19.0-27-amd64 (debian-kernel@lists.debian.org)',
      'Linux 4.19.0-27-amd64, whose kernel has no VMCOREINFO',
    ],
    ['@(#)FreeBSD 14.1-RELEASE-p5 GENERIC', 'FreeBSD 14.1-RELEASE-p5'],
    ['NetBSD 10.0 (GENERIC) #0: Thu Mar 28', 'NetBSD 10.0'],
    ['OpenBSD 7.5 (GENERIC.MP) #82', 'OpenBSD 7.5'],
    ['Darwin Kernel Version 23.5.0: Wed May', 'Darwin 23.5.0'],
  ])('is named by %j', async (text, name) => {
    const said = await withText(text);
    expect(said).toContain('no Linux kernel was found in guest memory');
    expect(said).toContain(`it seems to be ${name}`);
    expect(said).toContain('mr extract --range 0-0xffffff gives its memory raw');
  });

  it.each(['RSDS of a program: calc.pdb', 'Linux version %s (%s)', 'FreeBSD 14.1', 'NetBSD is a system'])(
    'is not taken for what only sounds like it: %j',
    async (text) => {
      expect(await withText(text)).not.toContain('seems to be Windows');
      for (const { name } of SYSTEM_MARKS) expect(name(text)).toBeUndefined();
    },
  );

  it('is firmware where no processor has paging on', async () => {
    const snapshot = await openSnapshot(await loadCapture('qemu-10.0/q35'));
    await expect(openLinuxGuest(snapshot)).rejects.toThrow('it seems to be firmware or a boot loader');
  });
});
