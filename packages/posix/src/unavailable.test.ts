import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, expect, test, vi } from 'vitest';

const platform = Object.getOwnPropertyDescriptor(process, 'platform') as PropertyDescriptor;
afterEach(() => Object.defineProperty(process, 'platform', platform));

test('on another platform every call says what is missing, and nothing is loaded before the first', async () => {
  vi.resetModules();
  const { isPosixAvailable, punchHole, dataExtents, statusFlags } = await import('./index.js');
  Object.defineProperty(process, 'platform', { value: 'win32' });
  expect(isPosixAvailable()).toBe(false);
  for (const call of [() => punchHole(0, 0, 1), () => [...dataExtents(0, 0, 1)], () => statusFlags(0)]) {
    expect(call).toThrow(expect.objectContaining({ code: 'platform-unsupported' }));
    expect(call).toThrow(/Linux on x64 or arm64, and this is win32/);
  }
});

test('where koffi has no binary the message says so', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mapped-ram-posix-'));
  try {
    cpSync(join(import.meta.dirname, '../dist'), folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    mkdirSync(join(folder, 'node_modules/@mapped-ram'), { recursive: true });
    symlinkSync(join(import.meta.dirname, '../../format'), join(folder, 'node_modules/@mapped-ram/format'));
    for (const name of [`@koromix/koffi-linux-${process.arch}`, 'koffi']) {
      const path = join(folder, 'node_modules', name);
      mkdirSync(path, { recursive: true });
      writeFileSync(join(path, 'index.js'), 'throw new Error("no binary for this machine")');
    }
    const { isPosixAvailable, punchHole } = await import(pathToFileURL(join(folder, 'index.js')).href);
    expect(isPosixAvailable()).toBe(false);
    expect(() => punchHole(0, 0, 1)).toThrow(
      expect.objectContaining({
        code: 'platform-unsupported',
        message: expect.stringMatching(/koffi.*no binary for this/),
      }),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('here they are available', async () => {
  vi.resetModules();
  const { isPosixAvailable } = await import('./index.js');
  expect(isPosixAvailable()).toBe(true);
});
