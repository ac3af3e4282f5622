import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { populateMemory } from './populate-memory.js';

const MIB = 1024 * 1024;

/** Bytes of this process's memory that the kernel provided. */
function residentBytes(): number {
  const [, pages = ''] = readFileSync('/proc/self/statm', 'utf8').split(' ');
  return Number(pages) * 4096;
}

test('memory is there, and reads as before', () => {
  const memory = new Uint8Array(new SharedArrayBuffer(256 * MIB));
  memory[100 * MIB] = 7;
  const before = residentBytes();
  populateMemory(memory.subarray(100 * MIB - 5, 228 * MIB + 3));
  expect(residentBytes() - before).toBeGreaterThan(100 * MIB);
  expect(memory[100 * MIB]).toBe(7);
  expect(memory.subarray(200 * MIB, 201 * MIB).every((byte) => byte === 0)).toBe(true);
});

test('nothing is asked for an empty view, and a whole one may end where its memory ends', () => {
  populateMemory(new Uint8Array(0));
  populateMemory(new Uint8Array(new SharedArrayBuffer(MIB + 1)));
  populateMemory(new DataView(new ArrayBuffer(3)));
});
