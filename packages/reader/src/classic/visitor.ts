import type { ClassicBlock, StreamModel } from '../model.js';

/** What is known of a classic stream when its memory begins. */
export interface ClassicMemory {
  /** What comes before it. */
  readonly stream: Pick<StreamModel, 'streamOffset' | 'libvirt' | 'configuration'>;
  /** Where the body of the section with the block table starts: its first word. */
  readonly bodyOffset: number;
  /** Bytes of a page of the target. */
  readonly pageSize: number;
  readonly blocks: readonly ClassicBlock[];
}

/** Consecutive pages of a block, as they are in the stream one after another. */
export interface ClassicRun {
  readonly blockIndex: number;
  readonly firstPage: number;
  readonly pageCount: number;
  /** The pages: a view that is valid until the visitor is done with the batch. Absent where all of them are zero. */
  readonly bytes?: Uint8Array;
  /** Where the contents of the first page lie in the file. */
  readonly byteOffset: number;
  /** From the contents of one page to those of the next, in the file. */
  readonly strideBytes: number;
}

/** Who takes in the memory of a classic stream while it is read. */
export interface ClassicVisitor {
  /** The block table; called once, before any page. */
  begin(memory: ClassicMemory): Promise<void>;
  /**
   * Some pages, each at most once. The next batch comes when this one is done; a page in it may be one of these, and
   * counts then.
   */
  pages(runs: readonly ClassicRun[]): Promise<void>;
  /**
   * Pages that are stored as differences from what was sent before (the capability xbzrle). They can be passed over, and not
   * read; where this is missing, the first one is refused.
   */
  unreadPage?(blockIndex: number, page: number): void;
}
