import type { WordOrder } from '@mapped-ram/format';
import type { PageTransport } from './page-transport.js';

/** How far the work on a file has come. */
export interface TransformProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** What every operation takes. */
export interface TransformOptions {
  /** Offset of the stream in the source, in bytes; by default the start, or where a libvirt header says. */
  readonly streamOffset?: number | undefined;
  /** Byte order of the bitmaps' words, which stays what it is; little-endian by default. */
  readonly wordOrder?: WordOrder | undefined;
  /**
   * Go on where pages hold data that their bitmap does not mark, and give them up: what is under clear bits counts as zeros,
   * whatever it is. If not given, that is an error, unless the guest ran during the save and left them behind.
   */
  readonly dropUnmarkedPages?: boolean | undefined;
  /** Called after every chunk. */
  readonly onProgress?: ((progress: TransformProgress) => void) | undefined;
  /** Moves the pages; one chunk after another if not given. */
  readonly transport?: PageTransport | undefined;
}
