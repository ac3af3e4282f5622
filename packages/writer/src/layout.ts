import type { WordOrder } from '@mapped-ram/format';
import type { BlockEntryFields } from './stream/elements.js';
import type { StreamPart } from './stream-part.js';

/** A RAM block of a snapshot that is to be written. */
export interface BlockLayout extends BlockEntryFields {
  /** Bytes of a page of the target: a power of two. */
  readonly pageSize: number;
  /** With `x-ignore-shared` (11.0 and later): the block is listed, but its memory is not in the file. */
  readonly ignored?: boolean | undefined;
  /** Where bitmap and pages shall lie in the file. Where QEMU would put them, if not given. */
  readonly places?: BlockPlaces | undefined;
}

/** Where a block's bitmap and pages lie, in bytes from the start of the file. */
export interface BlockPlaces {
  readonly bitmapOffset: number;
  readonly pagesOffset: number;
}

/**
 * Everything of a snapshot but its pages. The file is, in this order: `front`, `head`, the MEM_SIZE word and the block
 * table with the places for bitmaps and pages, `tail`.
 */
export interface SnapshotLayout {
  /** What comes before the stream: a container's header. */
  readonly front?: readonly StreamPart[] | undefined;
  /**
   * Where the stream starts in the file, in bytes: `,offset=` room, which stays a hole behind `front`. By default the
   * end of `front`.
   */
  readonly streamOffset?: number | undefined;
  /** From the magic to the header of the section that begins the ram state. */
  readonly head: readonly StreamPart[];
  readonly blocks: readonly BlockLayout[];
  /** From the word that ends the body of that section to the end of the file. */
  readonly tail: readonly StreamPart[];
  /** Byte order of the bitmaps' words; little-endian, as on most hosts, if not given. */
  readonly wordOrder?: WordOrder | undefined;
}
