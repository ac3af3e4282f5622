export { type CodecKind, codecKinds, openCodec, openCodecOf } from '@mapped-ram/pack/codec';
export { applyFiles, type DeltaOptions, deltaFile } from './delta/delta-files.js';
export type { KnownFile } from './delta/delta-head.js';
export type { DeltaReport } from './delta/make-delta.js';
export type { JobFileOptions } from './file/job-file.js';
export { withSpooled } from './file/spool.js';
export { openSource } from './open-source.js';
export {
  DEFAULT_FRAME_BYTES,
  MIN_FRAME_BYTES,
  type PackOptions,
  type PackPair,
  type PackProgress,
  type PackReport,
  packFile,
  packTo,
} from './pack/pack-file.js';
export type { ByteSink } from './pack/packed-writer.js';
export { digestSource, digestText } from './seal/digest-source.js';
export type { HashOptions } from './seal/hash-source.js';
export type { ChangedPlace } from './seal/place-namer.js';
export type { SealComparisonOptions, SealComparisonReport } from './seal/seal-comparison.js';
export { type SealOptions, type SealReport, sealFile } from './seal/seal-file.js';
export { mayBeSealed, sealPath } from './seal/seal-path.js';
export { SealedReading, type SealedReadingOptions, type SealState } from './seal/sealed-reading.js';
export { type VerifyOptions, type VerifyReport, verifyFile } from './seal/verify-file.js';
export { type UnpackOptions, type UnpackReport, unpackFile, unpackTo } from './unpack/unpack-file.js';
export { MAX_FRAME_BYTES } from './zstd/check-frame.js';
