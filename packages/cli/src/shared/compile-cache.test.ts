import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { allOrFew, loadCapture, onlyInAll, scratchParent } from '@mapped-ram/fixtures';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { MR_LINT_PATH } from '../testing/programs.js';

let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(scratchParent, 'compile-cache-test-'));
  await (await loadCapture('qemu-10.0/none')).writeTo(join(folder, 'none.mr'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function lint(env: NodeJS.ProcessEnv = {}, ...options: string[]) {
  return start([...options, MR_LINT_PATH, 'none.mr'], env);
}

function start(argv: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, {
    cwd: folder,
    env: { PATH: process.env.PATH, XDG_CACHE_HOME: folder, ...env },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const cache = () => join(folder, 'mapped-ram/compiled', `${process.version}-${process.arch}`);

/** The file with most of the program, as it was kept by a run. */
function kept(): { path: string; bytes: Buffer } {
  const [path = ''] = readdirSync(cache())
    .map((name) => join(cache(), name))
    .sort((a, b) => statSync(b).size - statSync(a).size);
  return { path, bytes: readFileSync(path) };
}

/** How often the code was written that is kept, by runs that could use it. */
const writtenTimes = () => kept().bytes.at(-1);

/** Whether a run replaces what is kept and is old: it does with what is no good, and adds to the rest. */
function isReplaced(path: string): boolean {
  utimesSync(path, LONG_AGO, LONG_AGO);
  expect(lint()).toEqual(lint({ NODE_DISABLE_COMPILE_CACHE: '1' }));
  expect(statSync(path).mtime).not.toEqual(LONG_AGO);
  return writtenTimes() === 0;
}

const LONG_AGO = new Date('2001-01-01');

const NOBODY = 65_534;

it('keeps what was compiled, for its owner, and uses it', () => {
  lint();
  const { path, bytes } = kept();
  expect(bytes.length).toBeGreaterThan(100_000);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(cache()).mode & 0o777).toBe(0o700);
  expect(isReplaced(path)).toBe(false);
});

it('adds what later runs compile, less and less often', () => {
  start([MR_LINT_PATH, '--version']);
  const { path, bytes } = kept();
  expect(writtenTimes()).toBe(0);
  utimesSync(path, LONG_AGO, LONG_AGO);
  lint();
  expect(kept().path).toBe(path);
  expect(kept().bytes.length).toBeGreaterThan(bytes.length * 1.2);
  expect(writtenTimes()).toBe(1);
  // That is for 6 days.
  writeFileSync(path, Buffer.concat([kept().bytes.subarray(0, -1), Buffer.of(6)]));
  const anHourAgo = new Date(Date.now() - 3_600_000);
  utimesSync(path, anHourAgo, anHourAgo);
  lint();
  expect(statSync(path).mtime).toEqual(anHourAgo);
});

const DAMAGES: readonly (readonly [what: string, damage: (bytes: Buffer) => Buffer])[] = [
  ['a bit that fell', (bytes) => bytes.fill((bytes[70_000] as number) ^ 4, 70_000, 70_001)],
  ['an end that is missing', (bytes) => bytes.subarray(0, 90_000)],
  ['nothing', () => Buffer.alloc(0)],
  ['something else', () => Buffer.alloc(100_000, 7)],
];

it.each(allOrFew(DAMAGES, DAMAGES.slice(0, 1)))('does without %s, and replaces it', (_, damage) => {
  lint();
  const { path, bytes } = kept();
  writeFileSync(path, damage(Buffer.from(bytes)));
  expect(isReplaced(path)).toBe(true);
  expect(kept().bytes.length).toBeGreaterThan(100_000);
});

onlyInAll(it)('does not replace what is no good at each run', () => {
  lint();
  const { path } = kept();
  writeFileSync(path, 'no code');
  lint();
  expect(readFileSync(path, 'utf8')).toBe('no code');
});

it('does not run what others could have written', () => {
  lint();
  const { path } = kept();
  chmodSync(path, 0o620);
  expect(isReplaced(path)).toBe(true);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

it('makes no home, and waits for none', () => {
  const home = { XDG_CACHE_HOME: '', HOME: join(folder, 'home') };
  expect(lint(home)).toMatchObject({ status: 0, stderr: '' });
  expect(existsSync(home.HOME)).toBe(false);
  // Where Node's own making of folders, of all that are missing, comes to no end.
  expect(lint({ ...home, HOME: '/proc' })).toMatchObject({ status: 0, stderr: '' });
  mkdirSync(home.HOME);
  expect(lint(home)).toMatchObject({ status: 0, stderr: '' });
  expect(readdirSync(home.HOME)).toEqual(['.cache']);
});

it.skipIf(process.getuid?.() !== 0)('makes nothing in the home of another user (as root only)', () => {
  const HOME = join(folder, 'home');
  mkdirSync(HOME);
  chownSync(HOME, NOBODY, NOBODY);
  expect(lint({ XDG_CACHE_HOME: '', HOME })).toMatchObject({ status: 0, stderr: '' });
  expect(readdirSync(HOME)).toEqual([]);
});

it.each([
  ['NODE_DISABLE_COMPILE_CACHE', { NODE_DISABLE_COMPILE_CACHE: '1' }, []],
  ['NODE_OPTIONS', { NODE_OPTIONS: '--stack-trace-limit=20' }, []],
  ['an option of Node', {}, ['--stack-trace-limit=20']],
])('keeps nothing with %s', (_, env, options) => {
  expect(lint(env, ...options).status).toBe(0);
  expect(existsSync(cache())).toBe(false);
});

onlyInAll(it)('runs where nothing can be kept', () => {
  const expected = lint();
  expect(lint({ XDG_CACHE_HOME: '/dev/null' })).toEqual(expected);
  expect(lint({ XDG_CACHE_HOME: undefined, HOME: undefined })).toEqual(expected);
});
