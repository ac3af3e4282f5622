import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadCapture, scratchParent } from '@mapped-ram/fixtures';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runMr, runMrJson } from '../../testing/run-mr.js';

let folder: string;
let firmware: string;
beforeAll(async () => {
  folder = mkdtempSync(join(scratchParent, 'mr-trim-'));
  firmware = join(folder, 'firmware.mr');
  await (await loadCapture('qemu-10.0/q35')).writeTo(firmware);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a guest that is no Linux', () => {
  it('is not trimmed, and the file stays as it is', async () => {
    const before = readFileSync(firmware);
    const out = join(folder, 'out.mr');
    for (const args of [[firmware], [firmware, out], ['--dry-run', firmware]]) {
      const { status, err } = await runMr('trim', ...args);
      expect(status).toBe(1);
      expect(err).toContain('no Linux kernel was found');
    }
    expect(readFileSync(firmware).equals(before)).toBe(true);
    expect(() => readFileSync(out)).toThrow();
  });

  it('has no log', async () => {
    const { status, err } = await runMr('dmesg', firmware);
    expect(status).toBe(2);
    expect(err).toContain('no Linux kernel was found');
  });

  it('is null in mr info', async () => {
    const { files } = await runMrJson('info', firmware);
    expect(files[0].guest).toBeNull();
  });
});

describe('--vmcoreinfo', () => {
  it('has to be one, and of this guest', async () => {
    const other = join(folder, 'other');
    writeFileSync(other, 'something else');
    expect((await runMr('trim', '-n', '--vmcoreinfo', other, firmware)).err).toContain('no VMCOREINFO');
    writeFileSync(other, 'OSRELEASE=6.1.0\nPAGESIZE=4096\n');
    const { status, err } = await runMr('trim', '-n', '--vmcoreinfo', other, firmware);
    expect(status).toBe(1);
    expect(err).toContain('not that of the kernel in this snapshot');
    expect((await runMr('dmesg', '--vmcoreinfo', join(folder, 'none'), firmware)).status).toBe(2);
  });
});

it('--dry-run makes no file', async () => {
  expect((await runMr('trim', '--dry-run', firmware, join(folder, 'out.mr'))).status).toBe(2);
});
