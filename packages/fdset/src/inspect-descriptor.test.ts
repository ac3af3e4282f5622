import { spawn } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inspectDescriptor, inspectDescriptors } from './inspect-descriptor.js';

const { O_APPEND, O_DIRECT, O_DSYNC, O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } = constants;
const O_PATH = 0x200000;

let folder: string;
let path: string;
const opened: number[] = [];
const open = (flags: number, name = path): number => {
  const fd = openSync(name, flags);
  opened.push(fd);
  return fd;
};
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mapped-ram-fdset-'));
  path = join(folder, 'vm.mr');
  writeFileSync(path, Buffer.alloc(8192, 1));
});
afterAll(() => {
  for (const fd of opened) closeSync(fd);
  rmSync(folder, { recursive: true });
});

const ordinary = {
  access: 'read',
  direct: false,
  synchronous: false,
  append: false,
  nonBlocking: false,
  pathOnly: false,
  position: 0,
  fileKind: 'regular',
};

test.each([
  [O_RDONLY, {}],
  [O_WRONLY | O_DIRECT, { access: 'write', direct: true }],
  [O_RDWR | O_APPEND | O_NONBLOCK, { access: 'read-write', append: true, nonBlocking: true }],
  [O_RDONLY | O_DSYNC, { synchronous: true }],
  [O_PATH, { pathOnly: true }],
])('flags 0x%s', (flags, expected) => {
  expect(inspectDescriptor(open(flags))).toMatchObject({ ...ordinary, ...expected });
});

test('position, and the same file by another path', () => {
  const fd = open(O_RDONLY);
  readSync(fd, Buffer.alloc(100), 0, 100, null);
  const other = inspectDescriptor(open(O_RDONLY, join(folder, '.', 'vm.mr')));
  const { position, fileIdentity } = inspectDescriptor(fd);
  expect(position).toBe(100);
  expect(other.fileIdentity).toBe(fileIdentity);
  expect(inspectDescriptor(open(O_RDONLY, '/dev/null')).fileIdentity).not.toBe(fileIdentity);
});

test('what is not a file', () => {
  expect(inspectDescriptor(open(O_RDONLY, folder))).toMatchObject({
    fileKind: 'other',
    takesDirectIo: undefined,
  });
  expect(inspectDescriptor(open(O_RDONLY, '/dev/null'))).toMatchObject({ fileKind: 'other' });
});

test('whether the file takes direct I/O', () => {
  expect(inspectDescriptor(open(O_RDONLY, '/proc/version')).takesDirectIo).toBe(false);
  expect(inspectDescriptor(open(O_WRONLY)).takesDirectIo).toBe(true);
});

test('duplicates, here and in another process', async () => {
  const [first, second] = [open(O_RDONLY), open(O_RDONLY)];
  const child = spawn('sleep', ['60'], { stdio: ['ignore', 'ignore', 'ignore', second] });
  try {
    await new Promise((resolve) => child.once('spawn', resolve));
    const inherited = { pid: child.pid as number, fd: 3 };
    const facts = inspectDescriptors([first, second, first, inherited]);
    expect(facts.map(({ duplicateOf }) => duplicateOf)).toEqual([undefined, undefined, 0, 1]);
    expect(facts[3]).toMatchObject(ordinary);
  } finally {
    child.kill('SIGKILL');
  }
});

test('what is not there', () => {
  expect(() => inspectDescriptor(1_000_000)).toThrow(expect.objectContaining({ code: 'not-inspectable' }));
  expect(() => inspectDescriptor({ pid: 2 ** 30, fd: 0 })).toThrow('descriptor 0 of process 1073741824');
});
