import { copyFileSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import {
  allOrFew,
  allOrOneIn,
  captureInfo,
  listCaptures,
  loadCapture,
  SparseImage,
} from '@mapped-ram/fixtures';
import { lintSource } from '@mapped-ram/lint';
import { isPosixAvailable } from '@mapped-ram/posix';
import { openFileSource } from '@mapped-ram/reader/file';
import { describe, expect, it } from 'vitest';
import { transformFile } from './files.js';
import { scrubInPlace } from './scrub-in-place.js';
import { scrubToCopy } from './scrub-to-copy.js';
import { findRestoreDifference, missingQemu } from './testing/restore.js';
import { useScratch } from './testing/scratch.js';

const scratch = useScratch();
const cannotPunch = !isPosixAvailable();

/** Scrubs a capture both ways; the paths of the results. */
async function scrubBothWays(id: string): Promise<string[]> {
  const input = await scratch.capture(id);
  const copied = scratch.path(`scrubbed-${id}-${Math.random()}`);
  await transformFile({ input, output: copied }, (source, target) => scrubToCopy(source, target));
  if (cannotPunch) return [copied];
  const changed = `${copied}-in-place`;
  copyFileSync(input, changed);
  await scrubInPlace(changed);
  return [copied, changed];
}

async function rulesOf(path: string): Promise<string[]> {
  const source = await openFileSource(path);
  const { findings } = await lintSource(source, { deep: true });
  await source.close();
  return findings.map(({ rule }) => rule);
}

describe.each(allOrOneIn(3, ['qemu-10.0/live', 'qemu-11.1/live', 'qemu-10.0/zero-pages-stored'], 1))(
  '%s',
  (id) => {
    const info = captureInfo(id);

    it('loses what is not memory, and nothing else of the file', async () => {
      const before = await rulesOf(await scratch.capture(id));
      expect(before.some((rule) => rule === 'stale-pages' || rule === 'pages-stored-though-zero')).toBe(true);
      const [copied = '', changed] = await scrubBothWays(id);
      const after = await rulesOf(copied);
      expect(after).not.toContain('stale-pages');
      expect(after).not.toContain('pages-stored-though-zero');
      if (changed !== undefined) expect(Buffer.compare(readFileSync(copied), readFileSync(changed))).toBe(0);
    });

    const version = id.startsWith('qemu-11.1') ? '11.1' : '10.0';
    const missing = missingQemu(version, info.machine.target);
    it.skipIf(missing !== undefined)(
      missing === undefined ? 'restores the same memory afterwards' : `missing tool: ${missing}`,
      async () => {
        const original = await scratch.capture(id);
        for (const path of await scrubBothWays(id)) {
          const files = [{ path: original }, { path }] as const;
          expect(await findRestoreDifference(version, info.machine, ...files)).toBeUndefined();
        }
      },
    );
  },
);

const MAX_BYTES = 128 * 1024 * 1024;
const wholeCaptures = allOrFew(
  listCaptures().filter((id) => {
    const { good, sizeBytes, streamOffset } = captureInfo(id);
    return good && sizeBytes < MAX_BYTES && (streamOffset === 0 || id.includes('libvirt'));
  }),
  ['qemu-10.0/pc'],
);

describe.skipIf(cannotPunch)('in place (needs koffi to make holes)', () => {
  it('a file that lost its holes gets them back', async () => {
    const id = 'qemu-10.0/pc';
    const path = await scratch.capture(id);
    const full = scratch.path('full.mr');
    copyFileSync(path, full);
    const image = await SparseImage.fromFile(path);
    writeFileSync(full, image.bytes(0, image.sizeBytes));
    const { allocatedBytesBefore, allocatedBytesAfter, zeroPages } = await scrubInPlace(full);
    expect(allocatedBytesBefore).toBeGreaterThanOrEqual(image.sizeBytes);
    expect(allocatedBytesAfter).toBeLessThan(allocatedBytesBefore / 2);
    expect(zeroPages).toBe(0);
    expect(statSync(full).size).toBe(image.sizeBytes);
    expect((await SparseImage.fromFile(full)).sha256()).toBe(image.sha256());
  });

  it.each(wholeCaptures)('%s: makes the holes that a copy has, also where there were none', async (id) => {
    const path = await scratch.capture(id);
    const image = await SparseImage.fromFile(path);
    const full = scratch.path(`full-${Math.random()}`);
    writeFileSync(full, image.bytes(0, image.sizeBytes));
    const copied = scratch.path(`copied-${Math.random()}`);
    const options = { dropUnmarkedPages: true };
    await transformFile({ input: full, output: copied }, (source, target) =>
      scrubToCopy(source, target, options),
    );
    await scrubInPlace(full, options);
    const same = await SparseImage.fromFile(full);
    expect(same.sha256()).toBe((await SparseImage.fromFile(copied)).sha256());
    const blocks = (name: string) => statSync(name).blocks;
    // The last byte of a copy is always written.
    expect(Math.abs(blocks(full) - blocks(copied))).toBeLessThanOrEqual(8);
    for (const name of [full, copied]) rmSync(name);
  });

  it('a file in which parts overlap is not touched', async () => {
    const image = await loadCapture('qemu-10.0/none');
    // The pages region starts where the bitmap is.
    const overlapping = image.clone();
    const path = scratch.path('overlapping.mr');
    overlapping.patch(0x6d + 20, new Uint8Array(8));
    await overlapping.writeTo(path);
    const before = readFileSync(path);
    await expect(scrubInPlace(path)).rejects.toThrow();
    expect(Buffer.compare(readFileSync(path), before)).toBe(0);
  });

  it('a background snapshot is not touched: its pages would be taken for stale', async () => {
    const path = await scratch.capture('qemu-10.0/background-snapshot');
    const before = readFileSync(path);
    await expect(scrubInPlace(path)).rejects.toMatchObject({ code: 'incomplete-save' });
    expect(Buffer.compare(readFileSync(path), before)).toBe(0);
  });
});
