import { constants, open, readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { captureFolder } from '../testing/capture-folder.js';
import { runMr } from '../testing/run-mr.js';

const folder = captureFolder();
afterAll(() => folder.remove());

let flushes: MockInstance;
beforeEach(async () => {
  const handle = await open('.', constants.O_RDONLY);
  flushes = vi.spyOn(Object.getPrototypeOf(handle), 'sync');
  await handle.close();
});
afterEach(() => flushes.mockRestore());

const COMMANDS: readonly (readonly [string, ...string[]])[] = [
  ['copy'],
  ['scrub'],
  ['relocate', '--offset', '4096'],
  ['convert', '--to', 'stream'],
  ['pack'],
];

describe.each(COMMANDS)('mr %s', (...command) => {
  it('flushes OUT and its folder, and with --no-sync neither, for the same file', async () => {
    const path = await folder.put('qemu-10.0/none', 'none.mr');
    const [flushed, unflushed] = [folder.at(`${command[0]}-flushed`), folder.at(`${command[0]}-not`)];
    expect(await runMr(...command, path, flushed)).toMatchObject({ status: 0 });
    expect(flushes.mock.calls.length).toBeGreaterThanOrEqual(2);
    flushes.mockClear();
    expect(await runMr(...command, '--no-sync', path, unflushed)).toMatchObject({ status: 0 });
    expect(flushes).not.toHaveBeenCalled();
    expect(Buffer.compare(await readFile(unflushed), await readFile(flushed))).toBe(0);
  });
});

it('mr unpack flushes OUT, and with --no-sync not', async () => {
  const path = await folder.put('qemu-10.0/none', 'none.mr');
  const [packed, flushed, unflushed] = ['packed.zst', 'flushed.mr', 'unflushed.mr'].map(folder.at) as [
    string,
    string,
    string,
  ];
  await runMr('pack', path, packed);
  flushes.mockClear();
  expect(await runMr('unpack', packed, flushed)).toMatchObject({ status: 0 });
  expect(flushes).toHaveBeenCalled();
  flushes.mockClear();
  expect(await runMr('unpack', '--no-sync', packed, unflushed)).toMatchObject({ status: 0 });
  expect(flushes).not.toHaveBeenCalled();
  expect(Buffer.compare(await readFile(unflushed), await readFile(path))).toBe(0);
});

it('what is changed in place is always on disk', async () => {
  const path = await folder.put('qemu-10.0/none', 'in-place.mr');
  expect(await runMr('scrub', '--no-sync', path)).toMatchObject({
    status: 2,
    err: expect.stringMatching(/--no-sync is about OUT/),
  });
});
