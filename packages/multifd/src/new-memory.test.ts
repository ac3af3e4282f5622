import { readFileSync } from 'node:fs';
import { memoryAddress } from '@mapped-ram/posix';
import { expect, it } from 'vitest';
import { NewMemory } from './new-memory.js';

const MIB = 2 ** 20;
const SLOW_MS_PER_MIB = 3;
const QUICK_MS_PER_MIB = 0.3;
/** What is filled before anything is asked for. */
const FIRST_BYTES = 32 * MIB;

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

/** Memory of its own mapping, which can grow, and what provides it. */
function freshMemory(triesLargePages = true) {
  const Growable = SharedArrayBuffer as new (length: number, options: object) => SharedArrayBuffer;
  const bytes = new Uint8Array(new Growable(64 * MIB, { maxByteLength: 64 * MIB }));
  const memory = new NewMemory(bytes, triesLargePages, MIB);
  memory.filled(FIRST_BYTES, SLOW_MS_PER_MIB * 32);
  return { memory, middle: bytes.subarray(32 * MIB) };
}

it('asks for large pages where small ones are slow, and stays with what is quicker', () => {
  const { memory, middle } = freshMemory();
  expect(pagesWanted(middle)).toBeUndefined();
  memory.filled(MIB, SLOW_MS_PER_MIB);
  expect(pagesWanted(middle)).toBe('large');
  memory.filled(MIB, QUICK_MS_PER_MIB);
  memory.filled(MIB, 2 * SLOW_MS_PER_MIB);
  expect(pagesWanted(middle)).toBe('large');
});

it('gives large pages up where they are slower still', () => {
  const { memory, middle } = freshMemory();
  memory.filled(MIB, SLOW_MS_PER_MIB);
  memory.filled(MIB, 2 * SLOW_MS_PER_MIB);
  expect(pagesWanted(middle)).toBe('small');
  memory.filled(MIB, 2 * SLOW_MS_PER_MIB);
  expect(pagesWanted(middle)).toBe('small');
});

it('leaves it to the one who finds out', () => {
  const { memory, middle } = freshMemory(false);
  memory.filled(MIB, SLOW_MS_PER_MIB);
  expect(pagesWanted(middle)).toBeUndefined();
});

it('leaves pages small where they are quick', () => {
  const { memory, middle } = freshMemory();
  memory.filled(MIB, QUICK_MS_PER_MIB);
  memory.filled(MIB, QUICK_MS_PER_MIB);
  expect(pagesWanted(middle)).toBeUndefined();
});

it.each([0, 4096 * 3 + 5])('leaves what is in the memory, provided from byte %i on', (from) => {
  const { memory, middle } = freshMemory();
  const used = middle.subarray(0, 2 * MIB);
  used.fill(7);
  for (const tookMs of [SLOW_MS_PER_MIB, QUICK_MS_PER_MIB]) {
    memory.provide(middle.subarray(from, MIB));
    memory.filled(MIB, tookMs);
  }
  expect(Buffer.compare(used, Buffer.alloc(used.length, 7))).toBe(0);
});
