import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CAPTURES_PATH, listCaptures } from '@mapped-ram/fixtures';
import { expect, test } from 'vitest';
import { CAPTURE_JOBS } from './capture-job.js';

test('every capture can be made again, and every recipe was carried out', () => {
  expect(CAPTURE_JOBS.map(({ id }) => id).sort()).toEqual(listCaptures());
});

test('all captures together stay small enough for a clone', () => {
  const files = readdirSync(CAPTURES_PATH, { recursive: true, encoding: 'utf8' });
  const sizes = files.map((path) => statSync(join(CAPTURES_PATH, path))).filter((stat) => stat.isFile());
  expect(sizes.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(14 * 1024 * 1024);
});
