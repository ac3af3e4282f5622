import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { loadCapture, scratchParent } from '@mapped-ram/fixtures';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runMr } from '../../testing/run-mr.js';

let folder: string;
let firmware: string;
beforeAll(async () => {
  folder = mkdtempSync(join(scratchParent, 'mr-symbols-'));
  firmware = join(folder, 'firmware.mr');
  await (await loadCapture('qemu-10.0/q35')).writeTo(firmware);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a guest that is no Linux', () => {
  it.each([
    [['symbols']],
    [['symbols', '-o', 'OUT']],
    [['symbols', '--format', 'isf', '-o', 'OUT']],
    [['ps']],
    [['ps', '--format', 'json']],
  ])('has nothing for mr %j', async ([command = '', ...args]) => {
    const paths = args.map((arg) => (arg === 'OUT' ? join(folder, 'out') : arg));
    const { status, out, err } = await runMr(command, ...paths, firmware);
    expect(status).toBe(2);
    expect(out).toBe('');
    expect(err).toContain('no Linux kernel was found');
    expect(readdirSync(folder)).toEqual(['firmware.mr']);
  });
});

it('options that do not go together are refused', async () => {
  expect((await runMr('symbols', '--linked', '--format', 'isf', firmware)).err).toContain('--linked');
  expect((await runMr('symbols', '--format', 'dwarf', firmware)).status).toBe(2);
  expect((await runMr('symbols')).status).toBe(2);
  expect((await runMr('ps', firmware, firmware)).status).toBe(2);
});
