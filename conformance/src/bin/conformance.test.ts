import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { listVectors } from '../vector/store.js';
import { listTasks } from '../writing/task-store.js';

const program = fileURLToPath(new URL('../../dist/bin/conformance.js', import.meta.url));
const conformance = (...args: string[]) => spawnSync('node', [program, ...args], { encoding: 'utf8' });

test('list names every vector and writing task', () => {
  const { status, stdout } = conformance('list');
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[0]),
  ).toEqual([...listVectors(), ...listTasks()]);
  expect(status).toBe(0);
});

test('run gives status 0 where all is as recorded', () => {
  const { status, stdout } = conformance('run', '--testee', 'ts', '--run', 'stream/*');
  expect(stdout).toMatch(/^ts: \d+ passed\n$/);
  expect(status).toBe(0);
});

test.each(['run', 'list', 'generate', 'record'])('%s --help starts with what to type', (command) => {
  const { status, stdout } = conformance(command, '--help');
  expect(stdout).toMatch(new RegExp(`^conformance ${command}`));
  expect(status).toBe(0);
});

test.each([
  [[], 'COMMAND', ''],
  [['frobnicate'], '', 'there is no command frobnicate'],
  [['run'], '', '--testee is missing'],
  [['run', '--testee', 'nobody'], '', 'there is no testee nobody'],
  [['run', '--testee', 'ts', '--run', 'nothing/*'], '', 'no vector fits nothing/*'],
  [['run', '--frobnicate'], '', 'frobnicate'],
  [['record', '--qemu', '1.0'], '', '--qemu takes 10.0, 11.1'],
])('%j cannot be used: status 2', (args, stdout, stderr) => {
  const result = conformance(...args);
  expect(result.stdout).toContain(stdout);
  expect(result.stderr).toContain(stderr);
  expect(result.status).toBe(2);
});
