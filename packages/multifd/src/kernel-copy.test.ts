import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, expect, it } from 'vitest';
import { KernelCopy } from './kernel-copy.js';
import { isInMemory } from './place.js';
import { scratchFolder } from './testing/scratch.js';

const inScratch = scratchFolder();
const MEMORY = '/dev/shm';
const twoFileSystems = isInMemory(MEMORY) && !isInMemory(tmpdir());
const onDisk = scratchFolder(tmpdir());
const inMemory = scratchFolder(MEMORY);
const content = Uint8Array.from({ length: 20_000 }, (_, index) => index % 251);

const opened: number[] = [];
afterEach(() => {
  for (const descriptor of opened.splice(0)) closeSync(descriptor);
});

function open(path: string, flags: string): number {
  const descriptor = openSync(path, flags);
  opened.push(descriptor);
  return descriptor;
}

function copyBetween(from: number, to: number): KernelCopy {
  return new KernelCopy(from, to);
}

it('copies bytes to another place in another file', () => {
  writeFileSync(inScratch('from'), content);
  writeFileSync(inScratch('to'), '');
  const copy = copyBetween(open(inScratch('from'), 'r'), open(inScratch('to'), 'r+'));
  expect(copy.copy(1000, 5000, 777)).toBe(true);
  const copied = readFileSync(inScratch('to'));
  expect(copied.length).toBe(5777);
  expect(copied.subarray(5000).equals(content.subarray(1000, 1777))).toBe(true);
});

it.skipIf(!twoFileSystems)(
  `copies from one file system to another${twoFileSystems ? '' : ', missing: folders on a disk and in memory'}`,
  () => {
    writeFileSync(onDisk('from'), content);
    writeFileSync(inMemory('to'), '');
    const copy = copyBetween(open(onDisk('from'), 'r'), open(inMemory('to'), 'r+'));
    expect(copy.mayShare).toBe(true);
    expect(copy.copy(1000, 5000, 777)).toBe(true);
    expect(copy.mayShare).toBe(false);
    expect(copy.copy(19_000, 0, 1000)).toBe(true);
    expect(copy.copy(19_000, 2000, 2000)).toBe(false);
    const copied = readFileSync(inMemory('to'));
    expect(copied.length).toBe(5777);
    expect(copied.subarray(5000).equals(content.subarray(1000, 1777))).toBe(true);
    expect(copied.subarray(0, 1000).equals(content.subarray(19_000))).toBe(true);
    expect(copy.isPossible).toBe(true);
  },
);

it('says so where the source ends first, and goes on with what is there', () => {
  writeFileSync(inScratch('from'), content);
  writeFileSync(inScratch('to'), '');
  const copy = copyBetween(open(inScratch('from'), 'r'), open(inScratch('to'), 'r+'));
  expect(copy.copy(19_000, 0, 2000)).toBe(false);
  expect(copy.copy(19_000, 0, 1000)).toBe(true);
});

it('leaves it to others where the kernel cannot', () => {
  writeFileSync(inScratch('to'), '');
  expect(copyBetween(open('/dev/zero', 'r'), open(inScratch('to'), 'r+')).copy(0, 0, 4096)).toBe(false);
  writeFileSync(inScratch('from'), content);
  // Not open for writing.
  expect(copyBetween(open(inScratch('from'), 'r'), open(inScratch('to'), 'r')).copy(0, 0, 4096)).toBe(false);
});
