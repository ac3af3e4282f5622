import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { expect, test } from 'vitest';
import { memoryAddress } from './aligned-buffer.js';
import { populateMemory, preferLargePages } from './memory-advice.js';

const MIB = 1024 * 1024;

const PAGE_BYTES = 4096;
/** In memory, or swapped out since. */
const PROVIDED = 0xc0;

/** How many whole pages of a view the kernel has provided: of the whole process, others are given back meanwhile (proc_pid_pagemap(5)). */
function providedPages(view: Uint8Array): number {
  const firstPage = Math.ceil(Number(memoryAddress(view)) / PAGE_BYTES);
  const pageCount = Math.floor(view.length / PAGE_BYTES) - 1;
  const entries = Buffer.alloc(pageCount * 8);
  const fd = openSync('/proc/self/pagemap', 'r');
  readSync(fd, entries, 0, entries.length, firstPage * 8);
  closeSync(fd);
  let provided = 0;
  for (let at = 7; at < entries.length; at += 8) provided += ((entries[at] ?? 0) & PROVIDED) === 0 ? 0 : 1;
  return provided;
}

/** Memory that can grow is mapped anew, where other memory may be one that was used and zeroed. */
function freshMemory(byteLength: number): SharedArrayBuffer {
  const Growable = SharedArrayBuffer as new (length: number, options: object) => SharedArrayBuffer;
  return new Growable(byteLength, { maxByteLength: byteLength });
}

test('memory is there, and reads as before', () => {
  const memory = new Uint8Array(freshMemory(256 * MIB));
  memory[100 * MIB] = 7;
  const part = memory.subarray(100 * MIB - 5, 228 * MIB + 3);
  const wholePages = Math.floor(part.length / PAGE_BYTES) - 1;
  expect(providedPages(part)).toBeLessThan(wholePages);
  populateMemory(part);
  expect(providedPages(part)).toBe(wholePages);
  expect(memory[100 * MIB]).toBe(7);
  expect(memory.subarray(200 * MIB, 201 * MIB).every((byte) => byte === 0)).toBe(true);
});

test('nothing is asked for an empty view, and a whole one may end where its memory ends', () => {
  populateMemory(new Uint8Array(0));
  populateMemory(new Uint8Array(new SharedArrayBuffer(MIB + 1)));
  populateMemory(new DataView(new ArrayBuffer(3)));
});

/** The kernel's flags of the mapping in which a view lies (proc_pid_smaps(5)). */
function flagsAt(view: Uint8Array): string[] {
  const address = memoryAddress(view);
  const mappings = readFileSync('/proc/self/smaps', 'latin1').split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
  const mapping = mappings.find((text) => {
    const [from, to] = text.slice(0, text.indexOf(' ')).split('-');
    return address >= BigInt(`0x${from}`) && address < BigInt(`0x${to}`);
  });
  return /^VmFlags: (.*)$/m.exec(mapping ?? '')?.[1]?.split(' ') ?? [];
}

test('large pages are asked for, and not wanted any more', () => {
  const memory = new Uint8Array(freshMemory(64 * MIB));
  const middle = memory.subarray(32 * MIB);
  expect(flagsAt(middle)).not.toContain('hg');
  preferLargePages(memory, true);
  expect(flagsAt(middle)).toContain('hg');
  preferLargePages(memory, false);
  expect(flagsAt(middle)).toContain('nh');
  preferLargePages(new Uint8Array(0), true);
});
