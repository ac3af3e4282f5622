import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadCapture, scratchParent } from '@mapped-ram/fixtures';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packageVersion } from '../shared/package-version.js';

/** What is installed: the programs in few files. */
const bundle = fileURLToPath(new URL('../../dist/bundle/', import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(scratchParent, 'bundle-test-'));
  await (await loadCapture('qemu-10.0/pc')).writeTo(join(folder, 'guest.mr'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = (name: string, ...argv: string[]) =>
  execFileSync(process.execPath, [join(bundle, `${name}.js`), ...argv], { cwd: folder, encoding: 'utf8' });

it.each(['mr-lint', 'mr'])('%s knows its version', (name) => {
  expect(run(name, '--version')).toBe(`${packageVersion()}\n`);
});

it('mr-lint finds the same, with threads and without', () => {
  const without = run('mr-lint', '--deep', '--format', 'json', 'guest.mr');
  expect(JSON.parse(without).files[0].verdict).toBe('restores');
  expect(run('mr-lint', '--deep', '--channels', '3', '--format', 'json', 'guest.mr')).toBe(without);
});

it('mr copies with threads, and knows holes', () => {
  const said = run('mr', 'copy', '--channels', '3', '--format', 'json', 'guest.mr', 'copy.mr');
  expect(readFileSync(join(folder, 'copy.mr')).equals(readFileSync(join(folder, 'guest.mr')))).toBe(true);
  const { inputAllocatedBytes, outputAllocatedBytes } = JSON.parse(said);
  expect(outputAllocatedBytes).toBeLessThanOrEqual(inputAllocatedBytes * 1.1);
});
