import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { allOrFew } from '@mapped-ram/fixtures';
import { expect, test } from 'vitest';

const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

const [count = 0] = allOrFew([300], [40]);

// In a process of its own, since its memory is looked at. The large run has 100,000 cases.
test('no damage to packed files, seals and differences goes unnoticed or takes too much', async () => {
  const args = [program, '--packed', '--seed', '3', '--count', String(count)];
  const { stdout } = await promisify(execFile)(process.execPath, args).catch((error) => error);
  expect(stdout).toContain(`${count} cases of seed 3, 0 broken\n`);
});
