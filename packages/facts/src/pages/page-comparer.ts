/** Consecutive pages of a block that two files have. */
export interface PagesToCompare {
  /** Offsets of the block's page 0 in the two files, in bytes. */
  readonly pagesOffsets: readonly [number, number];
  /** In bytes: a power of two, from 256 to 65,536. */
  readonly pageSize: number;
  /** The first page, a multiple of 8. */
  readonly firstPage: number;
  readonly pageCount: number;
  /** Little-endian 64-bit words with a bit for each page: only those whose bit is set are compared. */
  readonly wanted: Uint8Array;
}

/** Pages that were compared. */
export interface DifferingPages {
  /** A multiple of 8. */
  readonly firstPage: number;
  readonly pageCount: number;
  /** Bit `i & 7` of byte `i >> 3` is set where page `firstPage + i` is wanted and differs. A view that is valid during the call. */
  readonly bits: Uint8Array;
}

/** Finds the pages that two files have differently. Who has threads can give a fast one, such as the `ThreadedPageComparer` of `@mapped-ram/multifd`. */
export interface PageComparer {
  /**
   * Compares pages, and is done when the promise settles.
   *
   * @param onCompared To be called for the pages, some at a time, in any order; those of which none is wanted may be left out.
   * @throws MappedRamError `read-failed`, or `short-read` where a file ends before the pages.
   */
  compare(pages: PagesToCompare, onCompared: (compared: DifferingPages) => void): Promise<void>;
}
