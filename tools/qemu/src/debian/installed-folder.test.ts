import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { installFolder, readInstalled } from './installed-folder.js';

let parent: string;
let folder: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'installed-folder-test-'));
  folder = join(parent, 'cache/tool');
});
afterEach(() => rmSync(parent, { recursive: true }));

const install = (content: string) =>
  installFolder(folder, async (root, scratch) => {
    writeFileSync(join(scratch, 'archive'), 'not kept');
    writeFileSync(join(root, 'program'), content);
    return { version: content };
  });

const program = () => readFileSync(join(folder, 'program'), 'utf8');

test('is there with its record, and nothing else is', async () => {
  expect(readInstalled(folder)).toBeUndefined();
  expect(await install('1')).toEqual({ version: '1' });
  expect(readInstalled(folder)).toEqual({ version: '1' });
  expect(readdirSync(folder).sort()).toEqual(['installed.json', 'program']);
  expect(readdirSync(join(parent, 'cache'))).toEqual(['tool']);
});

test('an install that fails leaves nothing', async () => {
  const failing = installFolder(folder, async (root) => {
    writeFileSync(join(root, 'program'), 'half');
    throw new Error('no network');
  });
  await expect(failing).rejects.toThrow('no network');
  expect(readdirSync(join(parent, 'cache'))).toEqual([]);
});

test('of two at once one wins', async () => {
  await Promise.all([install('1'), install('2')]);
  expect(readInstalled(folder)).toEqual({ version: program() });
  expect(readdirSync(join(parent, 'cache'))).toEqual(['tool']);
});

test('a folder without a record is replaced', async () => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'left-over'), '');
  await install('1');
  expect(readdirSync(folder).sort()).toEqual(['installed.json', 'program']);
});

test('what an interrupted install left is removed; what another process works on, and what is not ours, stays', async () => {
  const { pid: deadPid } = spawnSync(process.execPath, ['--version']);
  for (const name of [
    `tool.partial-${deadPid}-aaaaaa`,
    `tool.partial-${process.ppid}-bbbbbb`,
    `other.partial-${deadPid}`,
  ]) {
    mkdirSync(join(parent, 'cache', name), { recursive: true });
  }
  await install('1');
  expect(readdirSync(join(parent, 'cache')).sort()).toEqual([
    `other.partial-${deadPid}`,
    'tool',
    `tool.partial-${process.ppid}-bbbbbb`,
  ]);
});
