import { plainZeroPageModule, sharedZeroPageModule } from './generated/zero-page-module.js';
import { loadWebAssembly, type WasmFunction, type WasmMemory } from './web-assembly.js';

/** Finds the pages that are not all zeros, in memory that it owns or was given. */
export interface PageScanner {
  /** In bytes. */
  readonly pageSize: number;
  /** Which loop scans in the long run: the WebAssembly one, or the slow one where there is no WebAssembly SIMD. */
  readonly engine: 'wasm-simd' | 'javascript';
  /** Where to read pages into before scanning them. A view; it stays valid. */
  readonly buffer: Uint8Array;
  /** Where {@link scan} puts its result: page `i` is bit `i & 7` of byte `i >> 3`. A view; it stays valid. */
  readonly nonZeroBits: Uint8Array;
  /**
   * Scans pages in `buffer`.
   *
   * @param bufferOffset Where the first page starts, in bytes.
   * @param pageCount How many pages.
   * @param outOffset Byte of `nonZeroBits` that gets the first page's bit. The bits after the last page are
   * cleared, up to the end of their byte.
   * @returns How many pages are not zero.
   * @throws RangeError when the pages or their bits do not fit.
   */
  scan(bufferOffset: number, pageCount: number, outOffset?: number): number;
}

/** What {@link createPageScanner} needs to know. */
export interface PageScannerOptions {
  /** Bytes of a page: a multiple of 256, as every QEMU target's page is. */
  readonly pageSize: number;
  /** Bytes of `buffer`: a multiple of the page size. 1 MiB if not given. */
  readonly bufferLengthBytes?: number | undefined;
  /**
   * Memory to work in, shared or not, for scanners in several workers or buffers that need its alignment.
   * The scanner takes {@link pageScannerLengthBytes} bytes of it. Its own if not given.
   */
  readonly memory?: WasmMemory | undefined;
  /** Where in `memory` the scanner's bytes start; the buffer comes first. */
  readonly memoryOffset?: number | undefined;
  /**
   * So many bytes are scanned in JavaScript first: to compile WebAssembly for less takes longer than to scan it. None if not
   * given.
   */
  readonly javascriptBytes?: number | undefined;
}

const DEFAULT_BUFFER_LENGTH_BYTES = 1024 * 1024;
const BLOCK_LENGTH_BYTES = 256;
const WASM_PAGE_LENGTH_BYTES = 0x10000;

/** Bytes that a scanner takes: its buffer and its result, rounded up to whole KiB. */
export function pageScannerLengthBytes(pageSize: number, bufferLengthBytes: number): number {
  return Math.ceil((bufferLengthBytes + resultLengthBytes(pageSize, bufferLengthBytes)) / 1024) * 1024;
}

function resultLengthBytes(pageSize: number, bufferLengthBytes: number): number {
  return Math.ceil(bufferLengthBytes / pageSize / 8);
}

/**
 * Makes a scanner for pages of one size.
 *
 * @throws RangeError when the page size is not a multiple of 256, the buffer is not whole pages, or the given memory
 * is too small.
 */
export function createPageScanner(options: PageScannerOptions): PageScanner {
  const { pageSize, bufferLengthBytes = DEFAULT_BUFFER_LENGTH_BYTES, memoryOffset = 0 } = options;
  let javascriptBytes = options.javascriptBytes ?? 0;
  if (!(pageSize > 0 && pageSize % BLOCK_LENGTH_BYTES === 0)) {
    throw new RangeError(`page size ${pageSize} is not a multiple of ${BLOCK_LENGTH_BYTES}`);
  }
  if (bufferLengthBytes % pageSize !== 0) {
    throw new RangeError(`a buffer of ${bufferLengthBytes} bytes is not whole pages of ${pageSize}`);
  }
  const wasm = loadWebAssembly();
  const memoryLengthBytes = memoryOffset + pageScannerLengthBytes(pageSize, bufferLengthBytes);
  const memory =
    options.memory ??
    wasm?.createMemory(Math.ceil(memoryLengthBytes / WASM_PAGE_LENGTH_BYTES)) ??
    ({ buffer: new ArrayBuffer(memoryLengthBytes) } satisfies WasmMemory);
  if (memory.buffer.byteLength < memoryLengthBytes) {
    throw new RangeError(
      `a scanner that ends at ${memoryLengthBytes} does not fit ${memory.buffer.byteLength} bytes`,
    );
  }

  const buffer = new Uint8Array(memory.buffer, memoryOffset, bufferLengthBytes);
  const bitsOffset = memoryOffset + bufferLengthBytes;
  const nonZeroBits = new Uint8Array(
    memory.buffer,
    bitsOffset,
    resultLengthBytes(pageSize, bufferLengthBytes),
  );
  const isShared = !(memory.buffer instanceof ArrayBuffer);
  let compiled: { readonly scan: WasmFunction | undefined } | undefined;
  const scanInWasm = () => {
    compiled ??= {
      scan: wasm?.instantiate(isShared ? sharedZeroPageModule : plainZeroPageModule, memory)?.scan,
    };
    return compiled.scan;
  };

  return {
    pageSize,
    get engine() {
      return scanInWasm() === undefined ? 'javascript' : 'wasm-simd';
    },
    buffer,
    nonZeroBits,
    scan(bufferOffset, pageCount, outOffset = 0) {
      if (
        !(bufferOffset >= 0 && pageCount >= 0 && bufferOffset + pageCount * pageSize <= bufferLengthBytes)
      ) {
        throw new RangeError(`${pageCount} pages at ${bufferOffset} do not fit ${bufferLengthBytes} bytes`);
      }
      if (!(outOffset >= 0 && outOffset + Math.ceil(pageCount / 8) <= nonZeroBits.length)) {
        throw new RangeError(
          `bits of ${pageCount} pages at ${outOffset} do not fit ${nonZeroBits.length} bytes`,
        );
      }
      const lengthBytes = pageCount * pageSize;
      javascriptBytes -= lengthBytes;
      const scan = javascriptBytes >= 0 ? undefined : scanInWasm();
      if (scan === undefined) {
        const pages = buffer.subarray(bufferOffset, bufferOffset + lengthBytes);
        return scanInJavascript(pages, pageSize, nonZeroBits.subarray(outOffset));
      }
      return scan(memoryOffset + bufferOffset, pageCount, pageSize, bitsOffset + outOffset);
    },
  };
}

/** The same as the WebAssembly module's `scan`. */
function scanInJavascript(pages: Uint8Array, pageSize: number, bits: Uint8Array): number {
  const pageCount = pages.length / pageSize;
  // A quarter of the steps, of which each takes long before it is compiled.
  const units =
    pages.byteOffset % 4 === 0 ? new Int32Array(pages.buffer, pages.byteOffset, pages.length / 4) : pages;
  const pageUnits = units.length / pageCount;
  bits.fill(0, 0, Math.ceil(pageCount / 8));
  let count = 0;
  for (let page = 0; page < pageCount; page++) {
    if (areZero(units, page * pageUnits, (page + 1) * pageUnits)) continue;
    bits[page >> 3] = (bits[page >> 3] ?? 0) | (1 << (page & 7));
    count++;
  }
  return count;
}

function areZero(units: Uint8Array | Int32Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (units[at] !== 0) return false;
  return true;
}
