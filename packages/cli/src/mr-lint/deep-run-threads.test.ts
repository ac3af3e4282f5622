import { mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCapture } from '@mapped-ram/fixtures';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memoryTerminal } from '../testing/memory-terminal.js';
import { main } from './main.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deep-run-threads-test-'));
  for (const name of ['live', 'zero-pages-stored']) {
    await (await loadCapture(`qemu-10.0/${name}`)).writeTo(join(folder, `${name}.mr`));
  }
});
afterAll(() => rm(folder, { recursive: true }));

async function deepRun(...argv: string[]) {
  const terminal = memoryTerminal();
  const paths = ['live', 'zero-pages-stored'].map((name) => join(folder, `${name}.mr`));
  const status = await main(
    ['--deep', '--format', 'json', ...argv, ...paths],
    terminal,
    new AbortController().signal,
  );
  return { status, out: terminal.out, err: terminal.err };
}

describe('a deep run with channels', () => {
  it.each([[['--channels', '1']], [['--channels', '3']], [['--channels', '2', '--direct-io']]])(
    'finds the same with %o',
    async (argv) => {
      const without = await deepRun();
      expect(JSON.parse(without.out).files[0].findings).toContainEqual(
        expect.objectContaining({ rule: 'stale-pages' }),
      );
      expect(await deepRun(...argv)).toEqual(without);
    },
  );

  it('tells of a file system without direct I/O and goes on', async () => {
    const terminal = memoryTerminal();
    const { signal } = new AbortController();
    const status = await main(['--deep', '--direct-io', '/sys/kernel/notes'], terminal, signal);
    expect(status).toBe(1);
    expect(terminal.err).toMatch(/^mr-lint: \/sys\/kernel\/notes has no direct I\/O/);
  });

  it('is over for a file of which nothing is left', async () => {
    const path = join(folder, 'empty.mr');
    await (await loadCapture('qemu-10.0/none')).writeTo(path);
    await truncate(path, 0);
    const terminal = memoryTerminal();
    const { signal } = new AbortController();
    expect(await main(['--deep', '--channels', '2', path], terminal, signal)).toBe(1);
  });
});
