import { readFileSync, statSync } from 'node:fs';
import { captureInfo, loadCapture, testedMachines } from '@mapped-ram/fixtures';
import { memorySource, openSnapshot } from '@mapped-ram/reader';
import { memoryTarget } from '@mapped-ram/writer';
import { describe, expect, it } from 'vitest';
import { copySnapshot } from './copy-snapshot.js';
import { transformFile } from './files.js';
import { findRestoreDifference, missingQemu } from './testing/restore.js';
import { streamOffsetOf, useScratch } from './testing/scratch.js';

const HUGE_BYTES = 1024 * 1024 * 1024;
const scratch = useScratch();
const captures = testedMachines().map((id) => captureInfo(id));
const good = captures.filter((info) => info.good && info.sizeBytes < HUGE_BYTES && !info.id.includes('live'));

const copy = (input: string, output: string, id: string) =>
  transformFile({ input, output }, (source, target) => copySnapshot(source, target, streamOffsetOf(id)));

it.each(good.map(({ id }) => id))('a copy of %s is the same file', async (id) => {
  const original = await loadCapture(id);
  const target = memoryTarget();
  await copySnapshot(original, target, streamOffsetOf(id));
  const expected = original.bytes(0, original.sizeBytes);
  expect(Buffer.compare(target.bytes as Uint8Array, expected)).toBe(0);
});

describe('a copy of a live save', () => {
  const id = 'qemu-10.0/live';
  const info = captureInfo(id);

  it('is smaller by what is stale', async () => {
    const input = await scratch.capture(id);
    const outcome = await copy(input, scratch.path('live-copy'), id);
    expect(outcome.outputAllocatedBytes).toBeLessThan(outcome.inputAllocatedBytes);
    expect(statSync(scratch.path('live-copy')).size).toBe(statSync(input).size);
  });

  const missing = missingQemu('10.0', info.machine.target);
  it.skipIf(missing !== undefined)(
    missing === undefined ? 'restores the same memory' : `missing tool: ${missing}`,
    async () => {
      const input = await scratch.capture(id);
      await copy(input, scratch.path('live-copy-2'), id);
      const files = [{ path: input }, { path: scratch.path('live-copy-2') }] as const;
      expect(await findRestoreDifference('10.0', info.machine, ...files)).toBeUndefined();
    },
  );
});

it('4 GiB that are mostly holes are copied as holes', async () => {
  const id = 'qemu-10.0/sparse-4g';
  const input = await scratch.capture(id);
  const output = scratch.path('sparse-copy');
  const { inputAllocatedBytes, outputAllocatedBytes } = await copy(input, output, id);
  expect(statSync(output).size).toBe(statSync(input).size);
  // Where the extents of a file are listed takes room too.
  expect(outputAllocatedBytes).toBeLessThan(inputAllocatedBytes + 64 * 1024);
});

describe('no copy is made', () => {
  it.each([
    ['qemu-10.0/cancelled', 'unexpected-end'],
    ['qemu-10.0/background-snapshot', 'incomplete-save'],
    ['qemu-11.1/background-snapshot', 'incomplete-save'],
    ['libvirt-11.3/save-raw', 'not-mapped-ram'],
  ])('of %s', async (id, code) => {
    const input = await scratch.capture(id);
    const output = scratch.path(`no-copy-${id}`);
    await expect(copy(input, output, id)).rejects.toMatchObject({ code });
    expect(() => readFileSync(output)).toThrow('ENOENT');
  });

  it('of a snapshot whose bitmaps were zeroed', async () => {
    const image = await loadCapture('qemu-10.0/none');
    const [block] = (await openSnapshot(image)).ramBlocks;
    const zeroed = image.clone().patch(block?.bitmapOffset ?? 0, new Uint8Array(8));
    await expect(copySnapshot(zeroed, memoryTarget())).rejects.toMatchObject({ code: 'unmarked-pages' });
    expect(await copySnapshot(zeroed, memoryTarget(), { dropUnmarkedPages: true })).toMatchObject({
      setPages: [0],
    });
  });

  it('of what is no snapshot, or over a file that is there', async () => {
    const wrong = memorySource(new Uint8Array(100).fill(1));
    await expect(copySnapshot(wrong, memoryTarget())).rejects.toMatchObject({
      code: 'not-a-migration-stream',
    });
    const input = await scratch.capture('qemu-10.0/none');
    await expect(copy(input, input, 'qemu-10.0/none')).rejects.toMatchObject({ code: 'target-exists' });
  });
});

it('progress reaches its end', async () => {
  const seen: number[] = [];
  const image = await loadCapture('qemu-10.0/pc');
  await copySnapshot(image, memoryTarget(), {
    onProgress: ({ doneBytes, totalBytes }) => seen.push(doneBytes / totalBytes),
  });
  expect(seen.at(-1)).toBe(1);
});

it('a copy that is aborted ends with the reason, and leaves nothing', async () => {
  const input = await scratch.capture('qemu-10.0/pc');
  const output = scratch.path('aborted');
  const controller = new AbortController();
  const { signal } = controller;
  const copying = transformFile({ input, output, signal }, (source, target) =>
    copySnapshot(source, target, { onProgress: () => controller.abort(new Error('enough')) }),
  );
  await expect(copying).rejects.toThrow('enough');
  expect(() => statSync(output)).toThrow('ENOENT');
});
