import type { BitmapFacts, DomainReading, PageFacts, SaveManner, UnmarkedMeaning } from '@mapped-ram/facts';
import type { RamBlock, Snapshot } from '@mapped-ram/reader';
import type { DeviceFacts } from './facts/device-facts.js';
import type { NoStream } from './facts/no-stream.js';
import type { SealFacts } from './seal-facts.js';
import type { RestoreTarget } from './target.js';

/** Data in the pages region of a block under clear bits. */
export interface UnmarkedData {
  /** Of a page with such data: the first one, where all were looked at. Absolute in the file. */
  readonly byteOffset: number;
  /** How many pages have such data; absent where not all were looked at. */
  readonly pageCount?: number;
  /** Whether no bit of the block is set. */
  readonly isAllClear: boolean;
  readonly meaning: UnmarkedMeaning;
}

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
   * Data under clear bits, if there is any. Always known in a deep run. A quick run looks where it costs little: at blocks without
   * any set bit, and at all where the file's size on disk says that there is data.
   */
  readonly unmarked?: UnmarkedData;
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
    /** Whether it is the VM state in a disk image. */
    readonly isVmState: boolean;
    /** Of the disk image that it is in; 0 where it is in none. */
    readonly dirtyBitmaps: number;
  } & NoStream;
  readonly target: RestoreTarget;
  /** How the snapshot was saved: what the guest did meanwhile. */
  readonly manner: SaveManner;
  /** Whether page contents were read: `blocks[].pages` is there. */
  readonly deep: boolean;
  /** Whether the capability mapped-ram is on in any case, and not as the stream wants it. */
  readonly mappedRam: boolean;
  /** One entry for every element of `snapshot.ramBlocks`, in its order. */
  readonly blocks: readonly BlockFacts[];
  readonly devices: DeviceFacts;
  /** What the file's seal says; absent where it has none, or nobody looked for it. */
  readonly seal?: SealFacts;
  /** The domain of a libvirt save image; absent where the file is none. */
  readonly domain?: DomainReading;
  /** Whether no page of `snapshot.oversizedBlock` is set; absent where that is not known. */
  readonly oversizedBlockIsEmpty?: boolean;
}
