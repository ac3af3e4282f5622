import type { WordOrder } from '@mapped-ram/format';
import type { OpenSource } from '@mapped-ram/reader/file';
import type { CopyProgress } from './copy/copy-pieces.js';
import type { ChannelOptions } from './copy/copy-with-channels.js';

/** What every extraction takes. */
export interface ExtractOptions {
  /** Offset of the stream in the file, in bytes; by default the start, or where a libvirt header says. */
  readonly streamOffset?: number | undefined;
  /** Byte order of the bitmaps' words; little-endian if not given. */
  readonly wordOrder?: WordOrder | undefined;
  /**
   * Go on where pages hold data that their bitmap does not mark, and count them as zeros. If not given, that is an error, unless the
   * guest ran during the save and left them behind.
   */
  readonly dropUnmarkedPages?: boolean | undefined;
  /** Replace the output if it is there. */
  readonly overwrite?: boolean | undefined;
  /** Threads that copy pages; none beside this one if not given. */
  readonly channels?: ChannelOptions | undefined;
  /** How the snapshot is opened, where it may lie in a container; as a plain file if not given. */
  readonly openSource?: OpenSource | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after every chunk. */
  readonly onProgress?: ((progress: CopyProgress) => void) | undefined;
}
