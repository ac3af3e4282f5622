import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { allOrFew, loadCapture, scratchParent } from '@mapped-ram/fixtures';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runMr } from '../testing/run-mr.js';

let folder: string;
const at = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = mkdtempSync(join(scratchParent, 'mr-packed-'));
  await (await loadCapture('qemu-10.0/pc')).writeTo(at('plain'));
  await (await loadCapture('qemu-10.0/multifd-2')).writeTo(at('other'));
  expect((await runMr('pack', at('plain'), at('packed'))).status).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a command on the file as it is and packed. What they take on disk, and that it was unpacked, is all that may differ. */
async function onBoth(argv: (file: string, output: string) => readonly string[]) {
  const outcomes = [];
  for (const name of ['plain', 'packed']) {
    const output = at(`${name}.out`);
    rmSync(output, { recursive: true, force: true });
    const { status, out, err } = await runMr(...argv(at(name), output));
    const text = `${out}${err}`
      .replaceAll(at('packed'), at('plain'))
      .replaceAll('packed.out', 'plain.out')
      .replaceAll(/^mr \w+: .*: unpacked into .*\n/gm, '')
      .replaceAll(/, [\d.,]+ \w+ on disk/g, '')
      .replaceAll(/"(input)?[aA]llocatedBytes": \w+/g, '')
      .replaceAll(/ \(.*: [\d.]+ \w+\)$/gm, '')
      .replaceAll(/^.*(no bytes|[\d.]+ \w+) of disk came back: [^;]*/gm, '');
    outcomes.push({ status, text, made: existsSync(output) ? readFileSync(output) : undefined });
  }
  const [plain, packed] = outcomes;
  return { plain, packed };
}

const READING: readonly (readonly [string, (file: string, output: string) => readonly string[]])[] = [
  ['info', (file) => ['info', '--deep', file]],
  ['info --fingerprint', (file) => ['info', '--fingerprint', file, at('other')]],
  ['devices', (file) => ['devices', file]],
  ['map', (file) => ['map', '--ascii', file]],
  ['diff', (file) => ['diff', file, at('other')]],
  ['diff, the other way round', (file) => ['diff', at('other'), file]],
  ['extract --block', (file, output) => ['extract', '--block', 'pc.ram', file, '-o', output]],
  ['extract --elf', (file, output) => ['extract', '--elf', file, '-o', output]],
  ['search', (file) => ['search', file, 'SeaBIOS']],
  ['dmesg', (file) => ['dmesg', file]],
  ['ps', (file) => ['ps', file]],
  ['symbols', (file) => ['symbols', file]],
  ['copy', (file, output) => ['copy', file, output]],
  ['scrub', (file, output) => ['scrub', file, output]],
  ['trim', (file, output) => ['trim', file, output]],
  ['relocate', (file, output) => ['relocate', '--offset', '64k', file, output]],
  ['convert', (file, output) => ['convert', '--to', 'stream', file, output]],
  ['repair', (file, output) => ['repair', file, output]],
  ['command', (file) => ['command', file]],
  ['preflight restore', (file) => ['preflight', 'restore', file]],
  ['delta', (file, output) => ['delta', at('other'), file, output]],
];

/** One of each kind: what looks, what compares, what makes a snapshot, and what asks QEMU's side. */
const FEW = READING.filter(([name]) => ['info', 'diff', 'copy', 'preflight restore'].includes(name));

describe('a packed file', () => {
  it.each(allOrFew(READING, FEW))('is to mr %s what the file itself is', async (_, argv) => {
    const { plain, packed } = await onBoth(argv);
    expect(packed?.text).toBe(plain?.text);
    expect(packed?.status).toBe(plain?.status);
    expect(packed?.made?.equals(plain?.made ?? Buffer.of(1)) ?? plain?.made === undefined).toBe(true);
  });

  it.each(['scrub', 'trim'])('is not changed in place by mr %s, which says what helps', async (command) => {
    const before = readFileSync(at('packed'));
    const { status, err } = await runMr(command, at('packed'));
    expect({ status, err }).toEqual({ status: 1, err: expect.stringContaining('mr unpack') });
    expect(readFileSync(at('packed')).equals(before)).toBe(true);
  });
});
