import { spawn } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sharesOpenFile, statusFlags } from './open-file.js';

const O_ACCMODE = 3;
const self = import.meta.filename;

test('flags as they were opened', () => {
  const { O_RDONLY, O_RDWR, O_APPEND, O_DIRECT, O_DSYNC, O_NONBLOCK } = constants;
  const interesting = O_ACCMODE | O_APPEND | O_DIRECT | O_DSYNC | O_NONBLOCK;
  for (const flags of [O_RDONLY, O_RDONLY | O_DIRECT, O_RDWR | O_APPEND, O_RDWR | O_DSYNC | O_NONBLOCK]) {
    const fd = openSync(self, flags);
    expect(statusFlags(fd) & interesting).toBe(flags);
    closeSync(fd);
  }
});

test('a closed descriptor is EBADF', () => {
  expect(() => statusFlags(1_000_000)).toThrow(expect.objectContaining({ code: 'EBADF', syscall: 'fcntl' }));
});

test('two opens differ; what a child inherits is shared', async () => {
  const [first, second] = [openSync(self, 'r'), openSync(self, 'r')];
  const child = spawn('sleep', ['60'], { stdio: ['ignore', 'ignore', 'ignore', first] });
  try {
    await new Promise((resolve) => child.once('spawn', resolve));
    const here = (fd: number) => ({ pid: process.pid, fd });
    const there = { pid: child.pid as number, fd: 3 };
    expect(sharesOpenFile(here(first), here(first))).toBe(true);
    expect(sharesOpenFile(here(first), here(second))).toBe(false);
    expect(sharesOpenFile(here(first), there)).toBe(true);
    expect(sharesOpenFile(there, here(second))).toBe(false);
    expect(() => sharesOpenFile(here(first), { ...there, fd: 1_000_000 })).toThrow('EBADF');
  } finally {
    child.kill('SIGKILL');
    closeSync(first);
    closeSync(second);
  }
});
