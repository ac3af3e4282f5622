export { type Codec, frameBound, MAX_LEVEL, MIN_LEVEL } from './codec/codec.js';
export type { Lead, LeadExtent } from './lead/lead.js';
export { packedContainer } from './packed-container.js';
export { openPacked, type PackedOptions, type PackedSource } from './packed-source.js';
export { isPacked, isPlainZstd } from './recognise-packed.js';
export { firstFrame } from './zstd/frame-header.js';
export type { FramePlace, SeekTable } from './zstd/seek-table.js';
