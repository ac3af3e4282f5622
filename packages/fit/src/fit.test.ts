import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allOrOneIn } from '@mapped-ram/fixtures';
import { openFileSource } from '@mapped-ram/reader/file';
import { findQemu, launchDestination } from '@mapped-ram/tool-qemu';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeDestination } from './describe-destination.js';
import { parseDestination } from './destination.js';
import { fitSnapshot } from './fit-snapshot.js';
import { argumentsOf, FAMILIES, type Family } from './testing/destinations.js';
import { judge, type SavedFamily, saveFamily } from './testing/matrix.js';

// Every destination of every family is in matrix.all.test.ts.
const family = FAMILIES.find(({ name }) => name === 'pc') as Family;
const program = findQemu('11.1');
const missing = program.kind === 'missing' ? ` (missing tool: ${program.reason})` : '';

const CASES: readonly (readonly [what: string, verdict: string, code?: string, help?: string])[] = [
  ['the same', 'restores'],
  ['-m 32M', 'restores'],
  ['-smp 1', 'refused', 'device-missing', '-smp'],
  ['-smp 4', 'refused', 'device-layout', '-smp'],
  ['an older machine type', 'refused', 'machine-differs', '-machine pc-i440fx-10.0'],
  ['e1000,addr=4 -> e1000,addr=7', 'refused', 'block-missing', '-device e1000,addr=4,'],
  ['e1000,addr=4 -> e1000,addr=4,romfile=', 'refused', 'block-missing', 'romsize='],
  ['virtio-rng-pci,addr=5 -> virtio-rng-pci,addr=5,disable-modern=on', 'refused', 'pci-differs', 'options'],
];

describe.skipIf(missing !== '')(`a pc of QEMU 11.1${missing}`, () => {
  let saved: SavedFamily;
  beforeAll(async () => {
    saved = await saveFamily(family, '11.1');
  });
  afterAll(() => saved.remove());

  it.each(allOrOneIn(2, CASES))('%s: %s', async (what, verdict, code, help) => {
    const variation = family.variations.find((one) => one.what === what);
    if (variation === undefined) throw new TypeError(`there is no ${what}`);
    const { fit, seen } = await judge(saved, family.machine, variation, '11.1');
    expect(seen).toBe(verdict);
    expect(fit.verdict).toBe(verdict);
    const end = fit.findings.find(({ outcome }) => outcome !== 'restores');
    expect(end?.code).toBe(code);
    expect(end?.help ?? '').toContain(help ?? '');
  });

  it('says the same of a stored description, and leaves nothing behind', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mapped-ram-describe-'));
    const destination = { target: 'x86_64', args: argumentsOf(family.machine), files: [] };
    const vm = await launchDestination(destination, { version: '11.1' });
    try {
      const described = await describeDestination(vm.qmp, folder);
      expect(await readdir(folder)).toEqual([]);
      expect(await vm.qmp.execute('query-status')).toMatchObject({ status: 'inmigrate' });
      const stored = parseDestination(JSON.stringify(described));
      expect(stored).toEqual(described);
      const source = await openFileSource(saved.path);
      expect((await fitSnapshot(source, stored)).verdict).toBe('restores');
      await source.close();
    } finally {
      await vm.kill();
      await rm(folder, { recursive: true });
    }
  });
});

it.each([
  ['', 'not JSON'],
  ['null', 'not the description'],
  ['{"format":"mapped-ram-destination","version":2}', 'version 2'],
  ['{"format":"mapped-ram-destination","version":1,"release":"11.1"}', 'damaged'],
])('refuses %s as a description', (text, words) => {
  expect(() => parseDestination(text)).toThrow(words);
});
