import type { WordOrder } from '@mapped-ram/format';
import type { Vmcoreinfo } from '@mapped-ram/guest';
import type { OpenSource } from '@mapped-ram/reader/file';
import type { CopyProgress } from './copy/copy-pieces.js';
import type { ChannelOptions } from './copy/copy-with-channels.js';
import type { GivenRange } from './given-map.js';
import type { KdumpCompression } from './kdump/kdump-compression.js';

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

/** How to extract by guest-physical address. */
export interface PhysicalOptions extends ExtractOptions {
  /** The guest-physical map; derived from the machine if not given. */
  readonly map?: readonly GivenRange[] | undefined;
}

/** How to take a range. */
export interface RangeOptions extends PhysicalOptions {
  /** The addresses are virtual ones: of a Linux guest's kernel, or as the processor with this number sees them, from 0. */
  readonly virtual?: { readonly cpu?: number | undefined } | undefined;
}

/** How to make a core. */
export interface ElfOptions extends PhysicalOptions {
  /**
   * Segments by virtual address, out of the page tables of a processor, as gdb and drgn want them. If not given, by
   * guest-physical address, as crash and volatility want them.
   */
  readonly paging?: boolean | undefined;
  /** With `paging`, the processor whose page tables count, from 0; if not given, the first one that runs a kernel. */
  readonly cpu?: number | undefined;
  /** VMCOREINFO, in place of what the guest has left. */
  readonly vmcoreinfo?: Vmcoreinfo | undefined;
}

/** How to make a kdump file. */
export interface KdumpOptions extends Omit<PhysicalOptions, 'channels'> {
  /** How pages are compressed; with zlib if not given, which all tools read. */
  readonly compression?: KdumpCompression | undefined;
  /** Leave out the pages that a Linux guest does not use. Tools then say that they are not in the file. */
  readonly leaveOutFree?: boolean | undefined;
  /** VMCOREINFO, in place of what the guest has left. */
  readonly vmcoreinfo?: Vmcoreinfo | undefined;
}
