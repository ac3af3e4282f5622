import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { loadCapture } from '@mapped-ram/fixtures';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkout, type PublishedPackage, pack, publishedPackages } from './packages.js';

const run = promisify(execFile);
/** A command of this package's own dependencies. */
const tool = (name: string, ...args: string[]) =>
  run(join(checkout, 'tools/checks/node_modules/.bin', name), args, { cwd: checkout });

const packages = await publishedPackages();
let room: string;
let project: string;
const tarballs = new Map<PublishedPackage, string>();

beforeAll(async () => {
  room = await mkdtemp(join(tmpdir(), 'mapped-ram-publish-'));
  for (const one of packages) tarballs.set(one, await pack(one, room));
  project = join(room, 'project');
  await run('mkdir', [project]);
  const dependencies = Object.fromEntries(packages.map((one) => [one.name, `file:${tarballs.get(one)}`]));
  // The tarballs ask for each other by version; overrides make npm take these and not ask a registry.
  const manifest = { name: 'outside', private: true, type: 'module', dependencies, overrides: dependencies };
  await writeFile(join(project, 'package.json'), JSON.stringify(manifest));
  await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: project });
});

afterAll(() => rm(room, { recursive: true, force: true }));

test.each(packages)('$name can be imported outside the workspace, every entry of it', async (one) => {
  for (const entry of one.entries) {
    const specifier = entry === '.' ? one.name : `${one.name}/${entry.slice(2)}`;
    const options = entry.endsWith('.json') ? ', { with: { type: "json" } }' : '';
    const program = `const all = await import(${JSON.stringify(specifier)}${options}); console.log(Object.keys(all).length)`;
    const { stdout } = await run('node', ['--input-type=module', '-e', program], { cwd: project });
    expect(Number(stdout), specifier).toBeGreaterThan(0);
  }
});

test('mr-lint and its threads run from the packed packages on a real capture', async () => {
  const path = join(project, 'none.mr');
  await (await loadCapture('qemu-10.0/none')).writeTo(path);
  const mrLint = join(project, 'node_modules/.bin/mr-lint');
  const { stdout } = await run(mrLint, ['--deep', '--channels', '2', '--format', 'json', path]);
  expect(JSON.parse(stdout).files[0].verdict).toBe('restores');
});

test('the conformance suite runs from the packed packages, and knows its vectors', async () => {
  const suite = join(project, 'node_modules/.bin/mapped-ram-conformance');
  const { stdout } = await run(suite, ['run', '--testee', 'ts', '--run', 'header/*'], { cwd: project });
  expect(stdout).toMatch(/^ts: \d+ passed\n$/);
  await run(suite, ['new-testee', 'mine'], { cwd: project });
  const mine = run(suite, ['run', '--testee', './mine'], { cwd: project });
  await expect(mine).rejects.toMatchObject({
    code: 1,
    stdout: expect.stringContaining('passes none of the smoke set'),
  });
  const { stdout: usage } = await run(suite, ['--help'], { cwd: project });
  expect(usage).not.toContain('new-vector');
});

test.each(packages)('publint and attw find nothing wrong in $name', async (one) => {
  const tarball = tarballs.get(one) as string;
  await tool('publint', tarball, '--strict');
  await tool('attw', tarball, '--profile', 'esm-only');
});
