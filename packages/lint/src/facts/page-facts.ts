import { Limits, withLittleEndianWords } from '@mapped-ram/format';
import type { RamBlock, Snapshot } from '@mapped-ram/reader';
import type { PagesScanner, ScannedPages } from '../page-scanner.js';

/** What one pass over a block's pages region tells (a deep run). */
export interface PageFacts {
  /** Pages whose bit is set though every byte is zero. */
  readonly storedZeroPages: number;
  readonly firstStoredZeroPage?: number;
  /** Pages whose bit is clear though bytes are not zero: left from an earlier round of a live save, or lost. */
  readonly stalePages: number;
  readonly firstStalePage?: number;
}

/** Whether the pages of this size can be scanned at all. */
export function isScannable({ pageSize, ignored }: RamBlock): boolean {
  const fits = pageSize >= Limits.minPageSizeBytes && pageSize <= Limits.maxPageSizeBytes;
  return !ignored && fits && (pageSize & (pageSize - 1)) === 0;
}

/**
 * Compares a block's bitmap with what its pages hold.
 *
 * @param onPages Is told how many pages were scanned, again and again.
 * @throws MappedRamError `offset-outside-file`, and what the scanner throws.
 */
export async function comparePages(
  snapshot: Snapshot,
  block: RamBlock,
  scanner: PagesScanner,
  onPages: (pageCount: number) => void,
): Promise<PageFacts> {
  const { pagesOffset, pageSize } = block;
  const tally = new Tally();
  for await (const { firstPage, pageCount, bytes } of snapshot.readBitmap(block)) {
    const bitmap = withLittleEndianWords(bytes, snapshot.wordOrder);
    await scanner.scan({ pagesOffset, pageSize, firstPage, pageCount }, (scanned) => {
      tally.add(scanned, bitmap.subarray((scanned.firstPage - firstPage) / 8));
      onPages(scanned.pageCount);
    });
  }
  return tally.facts();
}

/** Counts the pages on which the bitmap and the contents differ. */
class Tally {
  #storedZeroPages = 0;
  #stalePages = 0;
  #firstStoredZeroPage: number | undefined;
  #firstStalePage: number | undefined;

  /** @param bitmap Its first bit stands for the first page that was scanned; little-endian words. */
  add({ firstPage, pageCount, bits }: ScannedPages, bitmap: Uint8Array): void {
    for (let byte = 0; byte * 8 < pageCount; byte++) {
      const inBlock = pageCount - byte * 8 >= 8 ? 0xff : (1 << (pageCount - byte * 8)) - 1;
      const set = (bitmap[byte] ?? 0) & inBlock;
      const filled = bits[byte] ?? 0;
      if (set === filled) continue;
      const zero = set & ~filled;
      const stale = filled & ~set;
      if (zero !== 0) {
        this.#storedZeroPages += bitsIn(zero);
        this.#firstStoredZeroPage = Math.min(
          this.#firstStoredZeroPage ?? Infinity,
          firstPage + byte * 8 + lowestBit(zero),
        );
      }
      if (stale !== 0) {
        this.#stalePages += bitsIn(stale);
        this.#firstStalePage = Math.min(
          this.#firstStalePage ?? Infinity,
          firstPage + byte * 8 + lowestBit(stale),
        );
      }
    }
  }

  facts(): PageFacts {
    return {
      storedZeroPages: this.#storedZeroPages,
      ...(this.#firstStoredZeroPage !== undefined && { firstStoredZeroPage: this.#firstStoredZeroPage }),
      stalePages: this.#stalePages,
      ...(this.#firstStalePage !== undefined && { firstStalePage: this.#firstStalePage }),
    };
  }
}

const lowestBit = (bits: number): number => 31 - Math.clz32(bits & -bits);

function bitsIn(byte: number): number {
  let count = 0;
  for (let rest = byte; rest !== 0; rest &= rest - 1) count++;
  return count;
}
