import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadCapture, onlyInAll, scratchParent } from '@mapped-ram/fixtures';
import { openSnapshot } from '@mapped-ram/reader';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { main as lintMain } from '../mr-lint/main.js';
import { memoryTerminal } from '../testing/memory-terminal.js';
import { runMr, runMrJson } from '../testing/run-mr.js';

let folder: string;
let guest: string;
/** The guest, packed. */
let packed: string;
beforeEach(async () => {
  folder = mkdtempSync(join(scratchParent, 'mr-sealed-'));
  [guest, packed] = [join(folder, 'guest.mr'), join(folder, 'guest.mr.zst')];
  await (await loadCapture('qemu-10.0/pc')).writeTo(guest);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Changes a byte of page 0 of the machine's memory. */
async function changePage(path: string): Promise<void> {
  const snapshot = await openSnapshot(await loadCapture('qemu-10.0/pc'));
  const { pagesOffset = 0 } = snapshot.ramBlocks.find(({ idstr }) => idstr === 'pc.ram') ?? {};
  const bytes = readFileSync(path);
  bytes.writeUInt8(0xaa, pagesOffset);
  writeFileSync(path, bytes);
}

async function lint(...argv: string[]) {
  const terminal = memoryTerminal({ columns: 200 });
  const status = await lintMain([...argv, '--format', 'json'], terminal, new AbortController().signal);
  const [file] = JSON.parse(terminal.out).files;
  const seal = file.findings.filter(({ rule }: { rule: string }) => /seal/.test(rule));
  return { status, verdict: file.verdict, seal };
}

it('mr clone and mr restore do nothing with a file that is not as it was sealed, or has no seal', async () => {
  const clone = ['clone', '--sealed', guest, '-o', join(folder, 'clone')];
  expect(await runMrJson(...clone)).toMatchObject({ error: { code: 'no-seal' } });
  expect((await runMr('seal', guest)).status).toBe(0);
  expect((await runMr(...clone)).status).toBe(0);
  await changePage(guest);
  const other = ['clone', '--sealed', guest, '-o', join(folder, 'other')];
  expect(await runMrJson(...other)).toMatchObject({ error: { code: 'content-changed' } });
  expect(existsSync(join(folder, 'other'))).toBe(false);
});

onlyInAll(it)('of a packed file, what was unpacked is held against the seal within', async () => {
  await runMr('pack', guest, packed);
  const clone = (name: string) => ['clone', '--sealed', packed, '-o', join(folder, name)];
  expect(await runMrJson(...clone('a'))).toMatchObject({ error: { code: 'no-seal' } });
  expect(existsSync(join(folder, 'a', 'snapshot.mr'))).toBe(false);
  await runMr('seal', packed);
  expect((await runMr(...clone('b'))).status).toBe(0);
  // The plain file against the seal of the packed one.
  expect((await runMr('verify', '--seal', packed, guest)).status).toBe(0);
  await changePage(guest);
  expect((await runMr('verify', '--seal', packed, guest)).out).toContain('pc.ram page 0, guest-physical 0x0');
});

onlyInAll(it)('mr-lint says that there is a seal, and in a deep run holds the file against it', async () => {
  await runMr('pack', guest, packed);
  expect((await lint(guest)).seal).toEqual([]);
  for (const path of [guest, packed]) {
    await runMr('seal', path);
    const quick = await lint(path);
    expect(quick).toMatchObject({ status: 0, verdict: 'restores' });
    expect(quick.seal).toMatchObject([{ rule: 'sealed', severity: 'note' }]);
    expect(quick.seal[0].message).toContain('not held against it');
    const deep = await lint('--deep', path);
    expect(deep).toMatchObject({ status: 0, verdict: 'restores' });
    expect(deep.seal[0].message).toContain('as it was sealed');
  }
  await changePage(guest);
  expect(await lint(guest)).toMatchObject({ status: 0, verdict: 'restores', seal: [{ rule: 'sealed' }] });
  const changed = await lint('--deep', guest);
  expect(changed).toMatchObject({ status: 1, verdict: 'wrong-memory' });
  expect(changed.seal).toMatchObject([{ rule: 'changed-since-sealed', severity: 'error' }]);
  expect(changed.seal[0].message).toContain('Page 0 of pc.ram, guest-physical 0x0, changed');
  // Another length shows without reading anything.
  writeFileSync(guest, Buffer.concat([readFileSync(guest), Buffer.alloc(1)]));
  expect(await lint(guest)).toMatchObject({ status: 1, seal: [{ rule: 'changed-since-sealed' }] });
  writeFileSync(`${guest}.seal`, 'no seal');
  expect((await lint(guest)).seal).toMatchObject([{ rule: 'sealed', severity: 'warning' }]);
});
