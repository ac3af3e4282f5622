export {
  type ChannelNotice,
  Channels,
  type ChannelsOptions,
  openChannels,
} from './channels.js';
export { MAX_CHANNELS } from './limits.js';
export type { Literal } from './literal.js';
export { findLiteralPages, type LiteralPagesOptions } from './literal-pages.js';
export { checkPageSize, type LoadOptions, loadPages } from './load-pages.js';
export type { MovablePages, MovedPages, OnMoved } from './movable-pages.js';
export type { FilePlace, MemoryPlace, Place } from './place.js';
export { type SavedBlock, type SaveOptions, savePages } from './save-pages.js';
export { ThreadedPageComparer, type ThreadedPageComparerOptions } from './threaded-page-comparer.js';
export { ThreadedPageFinder, type ThreadedPageFinderOptions } from './threaded-page-finder.js';
