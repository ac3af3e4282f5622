export { type ClassicBlockFields, ClassicRecords } from './classic-records.js';
export { type ClassicContents, checkClassicSize } from './classic-size.js';
export { DataFinder } from './data-finder.js';
export { describeSnapshot, type SnapshotDescription } from './describe-snapshot.js';
export type { BlockLayout, BlockPlaces, SnapshotLayout } from './layout.js';
export { type FoundBlockTable, findBlockTable, layoutOf } from './layout-of.js';
export {
  LIBVIRT_NUMBERS_END,
  LIBVIRT_VERSION,
  LibvirtFormat,
  type LibvirtFront,
  type LibvirtNumbers,
  libvirtHeader,
  libvirtImageFront,
} from './libvirt-image.js';
export { type MemoryTarget, memoryTarget } from './memory-target.js';
export { PageBits } from './page-bits.js';
export type { FilteredRuns, FreePages } from './page-filter.js';
export { type PlacedBlock, type Placement, placeSnapshot } from './placement.js';
export type { MadeStream, SnapshotTarget, TargetPiece } from './snapshot-target.js';
export {
  createSnapshot,
  type SettledPages,
  SnapshotWriter,
  type WriterOptions,
  type WrittenSnapshot,
} from './snapshot-writer.js';
export {
  type BlockEntryFields,
  blockEntry,
  type ConfigurationFields,
  command,
  configurationSection,
  continuing,
  endMarker,
  eosWord,
  footer,
  memSizeWord,
  ramStart,
  streamHeader,
  vmdescriptionHeader,
} from './stream/elements.js';
export type { CopiedPart, StreamPart } from './stream-part.js';
export { writeParts } from './write-parts.js';
