import type { RamBlock, Snapshot } from '@mapped-ram/reader';
import type { BitmapFacts } from './facts/bitmap-facts.js';
import type { PageFacts } from './facts/page-facts.js';
import type { RestoreTarget } from './target.js';

/** A RAMBlock with what was gathered about it. */
export interface BlockFacts {
  readonly block: RamBlock;
  /** `ram.blocks[2]`: how findings name it. */
  readonly where: string;
  /** Absent where the bitmap cannot be read whole. */
  readonly bitmap?: BitmapFacts;
  /** Only in a deep run. */
  readonly pages?: PageFacts;
  /**
   * First offset in the pages region at which a byte that is not zero was found under a bitmap without any set bit.
   * Looked for where no bit is set and the file's size on disk says that there is data; always in a deep run.
   */
  readonly dataUnderZeroBitmap?: number;
}

/** Everything that a rule may look at. Gathered before the rules run: a rule reads no file. */
export interface LintContext {
  readonly snapshot: Snapshot;
  readonly file: {
    readonly name: string;
    readonly sizeBytes: number;
    /** Bytes on disk, where the source knows. */
    readonly allocatedBytes?: number;
    /**
     * The most that the stream, its bitmaps and its set pages can occupy on disk, in bytes: what goes beyond it is
     * data under clear bits, or holes that were filled. Absent where a bitmap cannot be read.
     */
    readonly neededBytes?: number;
    /** Where a stream seems to start, in a file that has none where it should be. */
    readonly streamElsewhere?: number;
  };
  readonly target: RestoreTarget;
  /** Whether page contents were read: `blocks[].pages` is there. */
  readonly deep: boolean;
  /** One entry for every element of `snapshot.ramBlocks`, in its order. */
  readonly blocks: readonly BlockFacts[];
  /** Whether no page of `snapshot.oversizedBlock` is set; absent where that is not known. */
  readonly oversizedBlockIsEmpty?: boolean;
}
