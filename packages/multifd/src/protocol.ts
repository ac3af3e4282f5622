import type { WasmMemory } from '@mapped-ram/format';
import type { PostedError, SystemError } from '@mapped-ram/posix';
import type { Literal } from './literal.js';
import type { ExpectedPlace } from './place.js';

/** What a channel is told when it starts. */
export interface ChannelSetup {
  readonly channel: number;
  readonly memory: WasmMemory;
  /** Of the mutex for writing through the page cache. */
  readonly writing: SharedArrayBuffer;
  /** Of large pages for memory that is filled, as of `NewMemory`. */
  readonly trial: SharedArrayBuffer;
  /** As of `MappedMemory`. */
  readonly mappings: SharedArrayBuffer;
  readonly source: ExpectedPlace;
  readonly target?: ExpectedPlace | undefined;
  readonly compared?: ExpectedPlace | undefined;
  readonly literal?: Literal | undefined;
}

/** Pages to move. Which ones of them are wanted stands in the slot's bits. */
export interface Batch {
  /** Offset in the source of the batch's first page. */
  readonly readFrom: number;
  /** Offset in the target of the batch's first page; absent where nothing is written. */
  readonly writeTo?: number | undefined;
  /** Offset of the batch's first page in the file that the source is compared with; absent where it is not. */
  readonly compareWith?: number | undefined;
  /** In bytes, a power of two. */
  readonly pageSize: number;
  readonly pageCount: number;
  /** Do not move pages that are all zeros, and clear their bits. */
  readonly findZeros: boolean;
  /** Clear the bits of pages in which the channels' literal does not begin. */
  readonly findLiteral: boolean;
}

/** What a channel is sent. */
export interface SlotBatch extends Batch {
  readonly slot: number;
}

/** What a channel is sent when there is no more to do. */
export const END = 'end';

/** What a channel answers. */
export type ChannelMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly slot: number }
  | { readonly kind: 'failed'; readonly failure: PostedError }
  | { readonly kind: 'no-direct-io'; readonly path: string; readonly error: SystemError };
