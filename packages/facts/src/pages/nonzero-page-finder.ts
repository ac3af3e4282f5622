/** Consecutive pages of a block. */
export interface PagesToScan {
  /** Offset of the block's page 0 in the file, in bytes. */
  readonly pagesOffset: number;
  /** In bytes: a power of two, from 256 to 65,536. */
  readonly pageSize: number;
  /** The first page to scan, a multiple of 8. */
  readonly firstPage: number;
  readonly pageCount: number;
  /**
   * Little-endian 64-bit words with a bit for each page: only those whose bit is set are looked at, and the others count as zeros.
   * All of them if not given.
   */
  readonly wanted?: Uint8Array | undefined;
}

/** Pages that were scanned. */
export interface ScannedPages {
  /** A multiple of 8. */
  readonly firstPage: number;
  readonly pageCount: number;
  /**
   * Bit `i & 7` of byte `i >> 3` is set where page `firstPage + i` is not all zeros; those past the last page are clear. A view that
   * is valid during the call.
   */
  readonly bits: Uint8Array;
}

/**
 * Finds the pages that are not all zeros: what a look at memory spends its time on. Whoever has threads can give a faster one than
 * {@link SourcePageFinder}, such as the `ThreadedPageFinder` of `@mapped-ram/multifd`.
 */
export interface NonzeroPageFinder {
  /**
   * Scans pages, and is done when the promise settles.
   *
   * @param onScanned To be called for every page, some at a time, in any order.
   * @throws MappedRamError `read-failed`, or `short-read` where the file ends before the pages.
   */
  scan(pages: PagesToScan, onScanned: (scanned: ScannedPages) => void): Promise<void>;
}
