import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openFileSource } from './file.js';

const folder = mkdtempSync(join(tmpdir(), 'mapped-ram-reader-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('reads a file and knows what it takes on disk', async () => {
  const path = join(folder, 'file');
  writeFileSync(
    path,
    Uint8Array.from({ length: 10_000 }, (_, index) => index),
  );
  const source = await openFileSource(path);
  expect(source).toMatchObject({ name: path, sizeBytes: 10_000 });
  expect(source.allocatedBytes).toBeGreaterThan(0);
  const target = new Uint8Array(4);
  expect(await source.read(target, 9_998)).toBe(2);
  expect([...target]).toEqual([9_998 % 256, 9_999 % 256, 0, 0]);
  await source.close();
  await expect(source.read(target, 0)).rejects.toMatchObject({ code: 'read-failed' });
});

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
