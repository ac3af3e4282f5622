import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FilesProgress } from './files-progress.js';

const folder = mkdtempSync(join(tmpdir(), 'mr-test-'));
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const file = (name: string, lengthBytes: number) => {
  writeFileSync(join(folder, name), Buffer.alloc(lengthBytes));
  return join(folder, name);
};

it('is one line for all files, by their lengths', () => {
  const paths = [file('a', 3 * 2 ** 20), file('b', 2 ** 20), join(folder, 'missing')];
  const written: string[] = [];
  const progress = new FilesProgress({ columns: 200, write: (text) => written.push(text) }, 'mr info', paths);
  progress.within(1, 2);
  expect(written).toEqual([]);
  vi.advanceTimersByTime(1000);
  progress.within(1, 2);
  expect(written.at(-1)).toMatch(/ 37% of 4 MiB, .*, 0 of 3 files {2}mr info$/);
  progress.next();
  expect(written.at(-1)).toMatch(/ 74% of 4 MiB, .*, 1 of 3 files {2}mr info$/);
  progress.clear();
  expect(written.at(-1)).toMatch(/K$/);
});

it('of one file it is that of the file', () => {
  const written: string[] = [];
  const path = file('only', 2 ** 20);
  const progress = new FilesProgress({ columns: 200, write: (text) => written.push(text) }, 'mr-lint', [
    path,
  ]);
  vi.advanceTimersByTime(1000);
  progress.within(1, 4);
  expect(written.at(-1)).toMatch(/ 25% of 1 MiB, [^,]*, [^,]* left {2}.*only$/);
});
