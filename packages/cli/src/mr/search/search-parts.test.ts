import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { allOrFew, loadCapture, onlyInAll, scratchParent } from '@mapped-ram/fixtures';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MR_PATH } from '../../testing/programs.js';
import { type MrOutcome, runMr } from '../../testing/run-mr.js';

let folder: string;
let path: string;
beforeAll(async () => {
  folder = mkdtempSync(join(scratchParent, 'mr-search-'));
  path = join(folder, 'guest.mr');
  await (await loadCapture('qemu-10.0/q35')).writeTo(path);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** In a process of its own: threads are started from what is built. */
function runWithThreads(...argv: string[]): Promise<MrOutcome> {
  const all = [MR_PATH, 'search', '--channels', '3', ...argv];
  return new Promise((resolve) => {
    execFile(process.execPath, all, (error, out, err) =>
      resolve({ status: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
  });
}

const SEARCHES: readonly (readonly [what: string, options: string[]])[] = [
  ['a text', []],
  ['the first few', ['--limit', '3']],
  ['a block', ['--block', '/rom@etc/acpi/tables']],
  ['a regular expression', ['-E']],
];

it.each(allOrFew(SEARCHES, SEARCHES.slice(1, 2)))(
  'threads find %s in the same order as one alone',
  async (_, options) => {
    const alone = await runMr('search', ...options, path, 'BXPC');
    expect(alone.status).toBe(0);
    expect(alone.out.split('\n').length).toBeGreaterThan(3);
    expect(await runWithThreads(...options, path, 'BXPC')).toEqual(alone);
  },
);

it('threads find nothing where nothing is', async () => {
  const alone = await runMr('search', path, 'nobody wrote this');
  expect(alone).toEqual({ status: 1, out: '', err: '' });
  expect(await runWithThreads(path, 'nobody wrote this')).toEqual(alone);
});

it('what is wrong is said as by one alone', async () => {
  const short = join(folder, 'short.mr');
  const image = await loadCapture('qemu-10.0/q35');
  await image.writeTo(short);
  const start = await runMr('search', '--limit', '1', short, 'BXPC');
  expect(start.status).toBe(0);
  truncateSync(short, Math.floor(image.sizeBytes / 2));
  const alone = await runMr('search', short, 'BXPC');
  expect(alone.status).toBe(2);
  expect(await runWithThreads(short, 'BXPC')).toEqual(alone);
});

onlyInAll(it)(
  'threads find in a classic stream, whose pages have no places, what one alone finds',
  async () => {
    const classic = join(folder, 'classic.img');
    await (await loadCapture('libvirt-11.3/save-raw')).writeTo(classic);
    const search = ['--hex', classic, 'f565b9a16a9e'];
    const alone = await runMr('search', ...search);
    expect(alone.out.split('\n').length).toBeGreaterThan(250);
    expect(await runWithThreads(...search)).toEqual(alone);
  },
);
