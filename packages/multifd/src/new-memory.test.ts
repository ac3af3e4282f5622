import { readFileSync } from 'node:fs';
import { memoryAddress } from '@mapped-ram/posix';
import { expect, it } from 'vitest';
import { NewMemory, TRIAL_BYTES } from './new-memory.js';
import { growableMemory } from './testing/growable-memory.js';

const MIB = 2 ** 20;
const SLOW_MS_PER_MIB = 3;
const QUICK_MS_PER_MIB = 0.3;
/** After so much, the time that it took is looked at. */
const [SMALL_BYTES, LARGE_BYTES] = [2 * MIB, 8 * MIB];

/** Whether large pages are asked for (`hg`), or not wanted (`nh`), where a view lies (proc_pid_smaps(5)). */
function pagesWanted(view: Uint8Array): 'large' | 'small' | undefined {
  const address = memoryAddress(view);
  const mappings = readFileSync('/proc/self/smaps', 'latin1').split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
  const mapping = mappings.find((text) => {
    const [from, to] = text.slice(0, text.indexOf(' ')).split('-');
    return address >= BigInt(`0x${from}`) && address < BigInt(`0x${to}`);
  });
  const flags = /^VmFlags:(.*)$/m.exec(mapping ?? '')?.[1] ?? '';
  return flags.includes(' hg') ? 'large' : flags.includes(' nh') ? 'small' : undefined;
}

/** Memory, and what provides it. */
function freshMemory() {
  const bytes = new Uint8Array(growableMemory(64 * MIB));
  const trial = new SharedArrayBuffer(TRIAL_BYTES);
  const filler = () => {
    const memory = new NewMemory(bytes, trial);
    const fill = (lengthBytes: number, msPerMib: number) =>
      memory.filled(lengthBytes, (msPerMib * lengthBytes) / MIB);
    return { memory, fill };
  };
  return { ...filler(), filler, middle: bytes.subarray(32 * MIB) };
}

it('asks for large pages where small ones are slow, and stays with what is much quicker', () => {
  const { fill, middle } = freshMemory();
  expect(pagesWanted(middle)).toBeUndefined();
  fill(SMALL_BYTES, SLOW_MS_PER_MIB);
  expect(pagesWanted(middle)).toBe('large');
  fill(LARGE_BYTES, QUICK_MS_PER_MIB);
  fill(LARGE_BYTES, 2 * SLOW_MS_PER_MIB);
  expect(pagesWanted(middle)).toBe('large');
});

it.each([2, 1, 0.7])('gives large pages up where they take %d times as long', (times) => {
  const { fill, middle } = freshMemory();
  fill(SMALL_BYTES, SLOW_MS_PER_MIB);
  fill(LARGE_BYTES, times * SLOW_MS_PER_MIB);
  expect(pagesWanted(middle)).toBe('small');
  fill(LARGE_BYTES, 2 * SLOW_MS_PER_MIB);
  expect(pagesWanted(middle)).toBe('small');
});

it('is tried by the first of several that finds it slow', () => {
  const { fill, filler, middle } = freshMemory();
  const other = filler();
  fill(SMALL_BYTES, SLOW_MS_PER_MIB);
  other.fill(SMALL_BYTES, SLOW_MS_PER_MIB);
  other.fill(LARGE_BYTES, 2 * SLOW_MS_PER_MIB);
  expect(pagesWanted(middle)).toBe('large');
  fill(LARGE_BYTES, 2 * SLOW_MS_PER_MIB);
  expect(pagesWanted(middle)).toBe('small');
});

it('leaves pages small where they are quick, and tries large ones when they become slow', () => {
  const { fill, middle } = freshMemory();
  for (let filled = 0; filled < 48 * MIB; filled += SMALL_BYTES) fill(SMALL_BYTES, QUICK_MS_PER_MIB);
  expect(pagesWanted(middle)).toBeUndefined();
  fill(SMALL_BYTES, SLOW_MS_PER_MIB);
  expect(pagesWanted(middle)).toBe('large');
});

it.each([0, 4096 * 3 + 5])('leaves what is in the memory, provided from byte %i on', (from) => {
  const { memory, fill, middle } = freshMemory();
  const used = middle.subarray(0, 2 * MIB);
  used.fill(7);
  fill(SMALL_BYTES, SLOW_MS_PER_MIB);
  for (const msPerMib of [QUICK_MS_PER_MIB, SLOW_MS_PER_MIB]) {
    memory.provide(middle.subarray(from, MIB));
    fill(LARGE_BYTES, msPerMib);
  }
  expect(Buffer.compare(used, Buffer.alloc(used.length, 7))).toBe(0);
});
