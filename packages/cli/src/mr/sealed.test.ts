import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadCapture, scratchParent } from '@mapped-ram/fixtures';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runMr, runMrJson } from '../testing/run-mr.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(scratchParent, 'mr-sealed-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('does nothing with a file that is not as it was sealed', async () => {
  const guest = join(folder, 'guest.mr');
  const clone = ['clone', '--sealed', guest, '-o', join(folder, 'clone')];
  await (await loadCapture('qemu-10.0/pc')).writeTo(guest);
  expect((await runMr('seal', guest)).status).toBe(0);
  const bytes = readFileSync(guest);
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
  writeFileSync(guest, bytes);
  expect(await runMrJson(...clone)).toMatchObject({ error: { code: 'content-changed' } });
});
