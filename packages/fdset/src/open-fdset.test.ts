import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkFdset } from './check-fdset.js';
import { inspectDescriptors } from './inspect-descriptor.js';
import { openFdset } from './open-fdset.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mapped-ram-fdset-'));
  path = join(folder, 'vm.mr');
});
afterEach(() => rmSync(folder, { recursive: true }));

const settings = [true, false].flatMap((multifd) => [true, false].map((directIo) => ({ multifd, directIo })));

describe.each(settings)('with %o', (options) => {
  test.each(['save', 'load'] as const)(
    'what is opened to %s passes the check, every descriptor of it used',
    (role) => {
      writeFileSync(path, 'contents');
      const set = openFdset(path, { role, ...options });
      const check = checkFdset(role, options, inspectDescriptors(set.descriptors));
      expect(check.outcome).toBe('works');
      expect(check.findings.map(({ code }) => code).filter((code) => code !== 'direct-io-ignored')).toEqual(
        [],
      );
      expect(set.created).toBe(false);
      set.close();
      set.close();
      expect(() => inspectDescriptors(set.descriptors)).toThrow(
        expect.objectContaining({ code: 'not-inspectable' }),
      );
      expect(readFileSync(path, 'utf8')).toBe('contents');
    },
  );
});

test('a new file is private, as one that QEMU makes', () => {
  const set = openFdset(path, { role: 'save' });
  set.close();
  expect(set.created).toBe(true);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('what cannot be opened', async () => {
  const open = (name: string, role: 'save' | 'load') => () => openFdset(join(folder, name), { role });
  mkdirSync(join(folder, 'directory'));
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(join(folder, 'socket'), resolve));
  for (const role of ['save', 'load'] as const) {
    expect(open('directory', role)).toThrow(expect.objectContaining({ code: 'not-a-file' }));
    expect(open('socket', role)).toThrow(expect.objectContaining({ code: 'not-a-file' }));
    expect(open('missing/file', role)).toThrow(expect.objectContaining({ code: 'open-failed' }));
  }
  expect(open('missing', 'load')).toThrow(/open-failed|cannot be opened/);
  server.close();
});

test('a file system without direct I/O: an error, no descriptor, and no new file', () => {
  // sysfs and procfs have files and no O_DIRECT; nothing can be made there, which is tested with what is there.
  const before = openSync('/dev/null', 'r');
  closeSync(before);
  expect(() => openFdset('/proc/version', { role: 'load', multifd: true, directIo: true })).toThrow(
    expect.objectContaining({ code: 'direct-io-unsupported' }),
  );
  const after = openSync('/dev/null', 'r');
  closeSync(after);
  expect(after).toBe(before);
  expect(existsSync(path)).toBe(false);
});
