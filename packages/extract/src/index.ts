export type { CopyProgress } from './copy/copy-pieces.js';
export { extractBlock } from './extract-block.js';
export { type ElfOptions, type ElfReport, extractElf } from './extract-elf.js';
export type { ExtractOptions } from './extract-options.js';
export { type AddressRange, extractRange, type PhysicalOptions, type RangeReport } from './extract-range.js';
export type { GivenRange } from './given-map.js';
export type { OutputReport } from './write-output.js';
