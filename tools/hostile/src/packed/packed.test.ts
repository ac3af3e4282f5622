import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

// In a process of its own, since its memory is looked at. The large run has 100,000 cases.
test('no damage to packed files, seals and differences goes unnoticed or takes too much', async () => {
  const args = [program, '--packed', '--seed', '3', '--count', '300'];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  expect(stdout).toContain('300 cases of seed 3, 0 broken\n');
});
