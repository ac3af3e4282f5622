import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { allOrFew } from '@mapped-ram/fixtures';
import { expect, test } from 'vitest';
import { listPackedVectors } from '../packing/packed-store.js';
import { listVectors } from '../vector/store.js';
import { listTasks } from '../writing/task-store.js';

const program = fileURLToPath(new URL('../../dist/bundle/conformance.js', import.meta.url));
const conformance = (...args: string[]) => spawnSync('node', [program, ...args], { encoding: 'utf8' });

test('list names every vector and writing task', () => {
  const { status, stdout } = conformance('list');
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[0]),
  ).toEqual([...listVectors(), ...listPackedVectors(), ...listTasks()]);
  expect(status).toBe(0);
});

test('run gives status 0 where all is as recorded', () => {
  const { status, stdout } = conformance('run', '--testee', 'ts', '--run', 'stream/*');
  expect(stdout).toMatch(/^ts: \d+ passed\n$/);
  expect(status).toBe(0);
});

test.each(
  allOrFew(['run', 'list', 'generate', 'record', 'fuzz', 'pack', 'new-vector', 'new-testee'], ['run']),
)('%s --help starts with what to type', (command) => {
  const { status, stdout } = conformance(command, '--help');
  expect(stdout).toMatch(new RegExp(`^usage: conformance ${command} `));
  expect(status).toBe(0);
});

type Misuse = readonly [args: readonly string[], stdout: string, stderr: string];
const MISUSES: readonly Misuse[] = [
  [[], '', 'no command given'],
  [['frobnicate'], '', 'there is no command frobnicate'],
  [['run'], '', '--testee is missing'],
  [['run', '--testee', 'nobody'], '', 'there is no testee nobody'],
  [['run', '--testee', 'ts', '--run', 'nothing/*'], '', 'no vector fits nothing/*'],
  [['run', '--frobnicate'], '', 'frobnicate'],
  [['record', '--qemu', '1.0'], '', '--qemu takes 10.0, 11.1'],
  [['new-testee'], '', 'new-testee takes the folder to make'],
  [['new-testee', 'x', '--language', 'cobol'], '', '--language cannot be "cobol": choose javascript, python'],
  [['new-vector', 'nowhere/x'], '', 'with AREA one of bitmap, block-table'],
  [
    ['new-vector', 'header/version-2', '--what', 'It is 2.'],
    '',
    'there is a vector header/version-2 already',
  ],
  [['new-vector', 'header/x', '--what', 'x', '--why', 'y'], '', '--clause is missing'],
  [['new-vector', 'header/x', '--what', 'x', '--why', 'y', '--clause', 'NO-1'], '', 'has no clause NO-1'],
  [
    ['new-vector', 'header/x', '--what', 'x', '--why', 'y', '--clause', 'HEADER-1'],
    '',
    'give --mutate or --candidate',
  ],
];

test.each(allOrFew(MISUSES, MISUSES.slice(0, 3)))('%j cannot be used: status 2', (args, stdout, stderr) => {
  const result = conformance(...args);
  expect(result.stdout).toContain(stdout);
  expect(result.stderr).toContain(stderr);
  expect(result.status).toBe(2);
});
