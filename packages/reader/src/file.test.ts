import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openFileSource } from './file.js';

const folder = mkdtempSync(join(tmpdir(), 'mapped-ram-reader-'));
afterAll(() => rmSync(folder, { recursive: true }));

it.each([{}, { blocking: true }])(
  'reads a file and knows what it takes on disk, with %j',
  async (options) => {
    const path = join(folder, 'file');
    writeFileSync(
      path,
      Uint8Array.from({ length: 10_000 }, (_, index) => index),
    );
    const source = await openFileSource(path, options);
    expect(source).toMatchObject({ name: path, sizeBytes: 10_000 });
    expect(source.allocatedBytes).toBeGreaterThan(0);
    const target = new Uint8Array(4);
    expect(await source.read(target, 9_998)).toBe(2);
    expect([...target]).toEqual([9_998 % 256, 9_999 % 256, 0, 0]);
    await source.close();
    await expect(source.read(target, 0)).rejects.toMatchObject({ code: 'read-failed' });
  },
);

it.each([
  ['nothing', '/does/not/exist', 'ENOENT'],
  ['a directory', folder, 'a directory'],
  ['a device', '/dev/null', 'a device'],
])('refuses %s', async (_, path, words) => {
  await expect(openFileSource(path)).rejects.toMatchObject({
    code: 'read-failed',
    message: expect.stringContaining(words),
  });
});

it('refuses a pipe without waiting for a writer', async () => {
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  await expect(openFileSource(path)).rejects.toMatchObject({ code: 'read-failed', actual: 'a pipe' });
});

it('lets messages come through while it blocks, and long reads wait elsewhere', async () => {
  const path = join(folder, 'long');
  writeFileSync(path, Buffer.alloc(1_000_000, 7));
  const source = await openFileSource(path, { blocking: true });
  let isHeard = false;
  setImmediate(() => {
    isHeard = true;
  });
  while (!isHeard) await source.read(new Uint8Array(8), 0);
  const target = new Uint8Array(1_000_001);
  expect(await source.read(target, 0)).toBe(1_000_000);
  expect(target.subarray(0, 1_000_000).every((byte) => byte === 7)).toBe(true);
  await source.close();
  const wrong = { blocking: 'yes' } as unknown as { blocking: boolean };
  await expect(openFileSource(path, wrong)).rejects.toThrow(TypeError);
});

it('closes a file that blocks when its long reads have come', async () => {
  const path = join(folder, 'closed');
  writeFileSync(path, Buffer.alloc(300_000, 7));
  const source = await openFileSource(path, { blocking: true });
  const target = new Uint8Array(300_000);
  const reading = source.read(target, 0);
  await Promise.all([source.close(), source.close()]);
  expect(await reading).toBe(300_000);
  expect(target.every((byte) => byte === 7)).toBe(true);
  expect(() => [...(source.dataExtents?.(0, 300_000) ?? [])]).toThrow(
    expect.objectContaining({ code: 'read-failed' }),
  );
});
