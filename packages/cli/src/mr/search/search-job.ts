import type { OpenOptions } from '@mapped-ram/reader';

/** What a thread is told when it starts. */
export interface SearchSetup {
  readonly path: string;
  readonly open: Pick<OpenOptions, 'streamOffset' | 'wordOrder'>;
  /** As it was given. */
  readonly wanted: string;
  readonly flags: ReadonlySet<string>;
  /** Of each part, so many matches are wanted at most. */
  readonly limit: number;
}

/** Pages of a block that are searched at once. */
export interface SearchPart {
  readonly blockIndex: number;
  readonly firstPage: number;
  readonly pageCount: number;
}

/** A match, of a part whose block is known. */
export interface PartMatch {
  readonly blockOffset: number;
  readonly lengthBytes: number;
  readonly preview: Uint8Array;
}

/** What is in a part. */
export interface PartFound {
  readonly blockIndex: number;
  readonly matches: readonly PartMatch[];
  /** Of pages that are set. */
  readonly searchedBytes: number;
}

/** What a thread answers. */
export interface SearchAnswer {
  readonly part: SearchPart;
  /** Absent where it cannot search the part. */
  readonly found?: PartFound;
}
