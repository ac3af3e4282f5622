export { isMappedRamError, MappedRamError, type MappedRamErrorCode } from '@mapped-ram/format';
export { type ByteSource, type Extent, extentsOf, type ReadOptions } from './byte-source.js';
export { type ClassicOptions, readClassicStream } from './classic/read-classic-stream.js';
export type { ClassicMemory, ClassicRun, ClassicVisitor } from './classic/visitor.js';
export { CONTAINER_HEAD_BYTES, type ContainedSource, type Container, openContained } from './containers.js';
export type { ScalarValue, StateNode, StateValue } from './device-state/decode.js';
export { findVirtioQueues, type VirtioDeviceQueues, type VirtioQueue } from './device-state/virtio-queues.js';
export { findDevice, instanceMeant } from './device-state/vmdescription.js';
export type {
  BodyBound,
  ByteSpan,
  ClassicBlock,
  ClassicBlockPages,
  ClassicPages,
  CommandSection,
  Configuration,
  ConfigurationSubsection,
  ContinuingSection,
  Footer,
  LibvirtSaveHeader,
  Located,
  OpeningSection,
  OversizedBlock,
  Problem,
  RamBlock,
  RamBlockTable,
  RamBody,
  RamWord,
  Section,
  StreamModel,
  Vmdescription,
  VmdescriptionFrame,
  VmsdDevice,
  VmsdField,
  VmsdStruct,
} from './model.js';
export type { BitmapChunk } from './ram/bitmap-chunks.js';
export type { PageBatch, PageRunBytes } from './ram/page-batches.js';
export type { PageRun, RunBatch } from './ram/runs.js';
export {
  type BitmapOptions,
  type OpenOptions,
  openSnapshot,
  type PagesOptions,
  type RunOptions,
  type Snapshot,
} from './snapshot.js';
export { type BlobLike, type BlobPart, blobSource } from './sources/blob-source.js';
export { type CountingSource, countingSource } from './sources/counting-source.js';
export { guardSource } from './sources/guarded-source.js';
export { memorySource } from './sources/memory-source.js';
export { type OtherFile, recogniseOther } from './stream/other-file.js';
