import { afterEach, describe, expect, it, vi } from 'vitest';
import type { WasmMemory } from './web-assembly.js';
import { createPageScanner, type PageScannerOptions, pageScannerLengthBytes } from './zero-page.js';

const { WebAssembly } = globalThis as unknown as {
  WebAssembly: { Memory: new (limits: { initial: number; maximum: number; shared: boolean }) => WasmMemory };
};

function newMemory(pages: number, shared: boolean): WasmMemory {
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
}

const few = { javascriptBytes: 1024 * 1024 };
const engines = [
  ['wasm-simd', 'its own memory', () => ({})],
  ['wasm-simd', 'a given memory', () => ({ memory: newMemory(20, false), memoryOffset: 512 })],
  ['wasm-simd', 'a shared memory', () => ({ memory: newMemory(20, true), memoryOffset: 65536 })],
  ['wasm-simd', 'JavaScript for the first bytes', () => few],
  ['javascript', 'no WebAssembly', () => ({})],
] as const satisfies readonly (readonly [string, string, () => Partial<PageScannerOptions>])[];

afterEach(() => {
  vi.unstubAllGlobals();
});

describe.each(engines)('%s with %s', (engine, _, place) => {
  function scanner(pageSize: number, bufferLengthBytes = 0x20000) {
    const options = { pageSize, bufferLengthBytes, ...place() };
    if (engine === 'javascript') vi.stubGlobal('WebAssembly', undefined);
    return createPageScanner(options);
  }

  it('is what runs', () => {
    expect(scanner(4096).engine).toBe(engine);
  });

  it.each([256, 1024, 4096, 65536])('finds a single byte anywhere in a page of %d', (pageSize) => {
    const { buffer, nonZeroBits, scan } = scanner(pageSize);
    const places = [0, 1, 15, 16, 127, 128, 255, pageSize / 2, pageSize - 1];
    for (const at of places) {
      buffer[pageSize + at] = 1;
      expect(scan(0, 2)).toBe(1);
      expect(nonZeroBits[0]).toBe(0b10);
      buffer[pageSize + at] = 0;
    }
    expect(scan(0, 2)).toBe(0);
  });

  it('writes a bit a page and clears the rest of the byte', () => {
    const { buffer, nonZeroBits, scan } = scanner(256);
    for (const page of [0, 3, 8, 10]) buffer[page * 256 + page] = 0x80;
    nonZeroBits.fill(0xff);
    expect(scan(0, 11)).toBe(4);
    expect([...nonZeroBits.subarray(0, 3)]).toEqual([0b00001001, 0b00000101, 0xff]);
  });

  it.each([8, 16, 21])('finds a byte in some of %d pages, at its beginning or behind', (pageCount) => {
    const { buffer, nonZeroBits, scan } = scanner(4096);
    for (const at of [0, 15, 16, 255, 256, 4095]) {
      for (let page = 0; page < pageCount; page++) {
        buffer[page * 4096 + at] = 1;
        const bits = new Uint8Array(Math.ceil(pageCount / 8));
        bits[page >> 3] = 1 << (page & 7);
        expect(scan(0, pageCount)).toBe(1);
        expect(nonZeroBits.subarray(0, bits.length)).toEqual(bits);
        buffer[page * 4096 + at] = 0;
      }
    }
    for (let page = 0; page < pageCount; page++) buffer[page * 4096] = 1;
    expect(scan(0, pageCount)).toBe(pageCount);
  });

  it('scans from any page to any byte of the result', () => {
    const { buffer, nonZeroBits, scan } = scanner(1024);
    buffer[5 * 1024] = 1;
    expect(scan(4 * 1024, 3, 7)).toBe(1);
    expect(nonZeroBits[7]).toBe(0b010);
    expect(scan(0, 0)).toBe(0);
  });

  it('scans its whole buffer and nothing else', () => {
    const { buffer, nonZeroBits, scan } = scanner(4096);
    buffer.fill(1);
    const pages = buffer.length / 4096;
    expect(scan(0, pages)).toBe(pages);
    expect([...nonZeroBits]).toEqual(Array.from({ length: pages / 8 }, () => 0xff));
    expect(() => scan(4096, pages)).toThrow(RangeError);
    expect(() => scan(0, pages, 1)).toThrow(RangeError);
    expect(() => scan(-4096, 1)).toThrow(RangeError);
  });
});

describe('createPageScanner', () => {
  it('refuses pages and buffers that do not fit', () => {
    expect(() => createPageScanner({ pageSize: 100 })).toThrow(RangeError);
    expect(() => createPageScanner({ pageSize: 0 })).toThrow(RangeError);
    expect(() => createPageScanner({ pageSize: 4096, bufferLengthBytes: 5000 })).toThrow(RangeError);
  });

  it('refuses a memory that is too small', () => {
    const memory = newMemory(1, false);
    expect(() => createPageScanner({ pageSize: 4096, bufferLengthBytes: 0x10000, memory })).toThrow(
      RangeError,
    );
    expect(pageScannerLengthBytes(4096, 0x10000)).toBe(0x10000 + 1024);
  });

  it('lets several scanners share a memory', () => {
    const memory = newMemory(4, true);
    const length = pageScannerLengthBytes(256, 0x10000);
    const [first, second] = [0, length].map((memoryOffset) =>
      createPageScanner({ pageSize: 256, bufferLengthBytes: 0x10000, memory, memoryOffset }),
    );
    first?.buffer.fill(1);
    first?.scan(0, 256);
    expect(second?.scan(0, 256)).toBe(0);
  });
});
