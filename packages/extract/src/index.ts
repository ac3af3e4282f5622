export { derivePhysicalMap, type PhysicalMap, type PhysicalRange } from '@mapped-ram/facts';
export { PhysicalMemory } from '@mapped-ram/guest';
export type { AddressRange } from './address-range.js';
export type { CopyProgress } from './copy/copy-pieces.js';
export type { ChannelOptions } from './copy/copy-with-channels.js';
export { extractBlock } from './extract-block.js';
export { type ElfReport, extractElf } from './extract-elf.js';
export type {
  ElfOptions,
  ExtractOptions,
  KdumpOptions,
  PhysicalOptions,
  RangeOptions,
} from './extract-options.js';
export { extractRange, type RangeReport } from './extract-range.js';
export type { GivenRange } from './given-map.js';
export { extractKdump, type KdumpReport } from './kdump/extract-kdump.js';
export { type KdumpCompression, kdumpCompressions } from './kdump/kdump-compression.js';
export { readPhysicalMap } from './read-map.js';
export type { OutputReport, SnapshotInput } from './write-output.js';
