import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { loadCapture, onlyInAll, scratchParent } from '@mapped-ram/fixtures';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packageVersion } from '../shared/package-version.js';
import { MR_LINT_PATH, MR_PATH } from '../testing/programs.js';

/** What is installed: the programs in few files. */
const PROGRAMS = { mr: MR_PATH, 'mr-lint': MR_LINT_PATH };

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(scratchParent, 'bundle-test-'));
  await (await loadCapture('qemu-10.0/pc')).writeTo(join(folder, 'guest.mr'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = (name: keyof typeof PROGRAMS, ...argv: string[]) =>
  execFileSync(process.execPath, [PROGRAMS[name], ...argv], { cwd: folder, encoding: 'utf8' });

it.each(['mr-lint', 'mr'] as const)('%s knows its version', (name) => {
  expect(run(name, '--version')).toBe(`${packageVersion()}\n`);
});

it('every file is in ASCII, which V8 reads with half the memory', () => {
  const bundle = dirname(MR_PATH);
  const names = readdirSync(bundle).filter((name) => name.endsWith('.js'));
  const isAscii = (name: string) => readFileSync(join(bundle, name)).every((byte) => byte < 0x80);
  expect(names.filter((name) => !isAscii(name))).toEqual([]);
  expect(names).toContain('mr.js');
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

onlyInAll(it)('mr-lint checks folders, some files at a time, and says the same in the same order', () => {
  const tree = join(folder, 'tree');
  mkdirSync(join(tree, 'b'), { recursive: true });
  const copy = (name: string) => copyFileSync(join(folder, 'guest.mr'), join(tree, name));
  for (const name of ['z.mr', 'b/one', 'b/two.mr', 'a.mr', '.hidden.mr']) copy(name);
  writeFileSync(join(tree, 'notes.txt'), 'no snapshot');
  writeFileSync(join(tree, 'broken.mr'), '');
  const lint = (...options: string[]) => {
    const argv = [MR_LINT_PATH, '--recursive', ...options, 'tree'];
    const { status, stdout, stderr } = spawnSync(process.execPath, argv, { cwd: folder, encoding: 'utf8' });
    return { status, stdout, stderr };
  };
  const alone = lint('--jobs', '1', '--format', 'jsonl');
  const reports = alone.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(reports.map(({ path, verdict }) => [path, verdict === 'restores'])).toEqual([
    ['tree/a.mr', true],
    ['tree/b/one', true],
    ['tree/b/two.mr', true],
    ['tree/broken.mr', false],
    ['tree/z.mr', true],
  ]);
  expect(alone.status).toBe(1);
  expect(alone.stderr).toBe('mr-lint: 1 other file passed over\n');
  expect(lint('--jobs', '3', '--format', 'jsonl')).toEqual(alone);
  for (const format of ['pretty', 'json', 'sarif', 'github']) {
    expect(lint('--jobs', '3', '--format', format)).toEqual(lint('--jobs', '1', '--format', format));
  }
});

onlyInAll(it)(
  'mr info looks into folders, at some files at a time, and says the same in the same order',
  () => {
    const tree = join(folder, 'looked-at');
    mkdirSync(join(tree, 'b'), { recursive: true });
    for (const name of ['z.mr', 'b/one', 'a.mr']) copyFileSync(join(folder, 'guest.mr'), join(tree, name));
    writeFileSync(join(tree, 'notes.txt'), 'no snapshot');
    writeFileSync(join(tree, 'broken.mr'), 'not one either');
    writeFileSync(join(tree, 'a.mr.machine.json'), 'no record');
    const info = (...options: string[]) => {
      const argv = [MR_PATH, 'info', '--recursive', ...options, 'looked-at'];
      const { status, stdout, stderr } = spawnSync(process.execPath, argv, { cwd: folder, encoding: 'utf8' });
      return { status, stdout, stderr };
    };
    const alone = info('--jobs', '1', '--format', 'jsonl');
    const lines = alone.stdout.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).path)).toEqual([
      'looked-at/a.mr',
      'looked-at/b/one',
      'looked-at/z.mr',
    ]);
    expect(alone.status).toBe(2);
    expect(alone.stderr).toMatch(/mr info: looked-at\/broken\.mr: .*\nmr info: 2 other files passed over\n$/);
    expect(info('--jobs', '3', '--format', 'jsonl')).toEqual(alone);
    for (const options of [['--format', 'pretty'], ['--format', 'json'], ['--fingerprint'], ['--redact']]) {
      expect(info('--jobs', '3', ...options)).toEqual(info('--jobs', '1', ...options));
    }
  },
);
