export { type ChannelOptions, ChannelTransport } from './channel-transport.js';
export type { ConvertOptions, ConvertReport, StreamKind } from './convert/convert-report.js';
export { convertSnapshot } from './convert/convert-snapshot.js';
export { classicStreamOf, type ViewOptions, viewClassicStream } from './convert/view-classic-stream.js';
export { type CopyReport, copySnapshot } from './copy-snapshot.js';
export {
  type FileOperation,
  type FileOutcome,
  type FilePair,
  pipeToFile,
  transformFile,
} from './files.js';
export type { TransformOptions, TransformProgress } from './options.js';
export type { PageTransport } from './page-transport.js';
export { copyFromPipe, copyToPipe, type PipeSink } from './pipe.js';
export { type ImageReport, type ImageWishes, relocateIntoImage } from './relocate-into-image.js';
export { relocateSnapshot } from './relocate-snapshot.js';
export type { RepairOptions } from './repair/repair-options.js';
export type { Repair, RepairKind, RepairReport } from './repair/repair-report.js';
export { repairSnapshot } from './repair/repair-snapshot.js';
export { type ScrubInPlaceOptions, type ScrubInPlaceReport, scrubInPlace } from './scrub-in-place.js';
export { type ScrubReport, scrubToCopy } from './scrub-to-copy.js';
export { openSparseFile } from './sparse-source.js';
export { planTrim, type TrimOptions } from './trim/plan-trim.js';
export { type TrimInPlaceReport, trimInPlace } from './trim/trim-in-place.js';
export type { TrimmedZone, TrimReport } from './trim/trim-report.js';
export { trimToCopy } from './trim/trim-to-copy.js';
