export {
  anySet,
  clearRange,
  complement,
  countSet,
  countTailBits,
  findSet,
  forEachRun,
  getBit,
  guessWordOrder,
  hasSameBits,
  isClear,
  keepCommon,
  type RunCallback,
  RunJoiner,
  setRange,
  type WordOrder,
  type WordOrderGuess,
} from './bitmap.js';
export {
  bigintOption,
  booleanOption,
  bytesOption,
  checkOptions,
  durationOption,
  functionOption,
  groupOption,
  integerOption,
  limitOption,
  listOption,
  nameOption,
  type OptionCheck,
  type OptionChecks,
  objectOption,
  signalOption,
  textOption,
} from './check-options.js';
export {
  contentsErrorCodes,
  hasErrorCode,
  isMappedRamError,
  MappedRamError,
  type MappedRamErrorCode,
  type MappedRamErrorDetails,
  mappedRamErrorCodes,
  type QuotedValue,
  quoteValue,
} from './errors.js';
export { describeRamFlags, FORBIDDEN_RAM_FLAGS, RamFlag } from './flags.js';
export { LibvirtSave, type LibvirtSaveParsers } from './generated/libvirt-save.js';
export { MappedRam, type MappedRamParsers } from './generated/mapped-ram.js';
export { findJsonExcess, type JsonBounds, type JsonExcess } from './json-bounds.js';
export type { KaitaiStreamInstance } from './kaitai-runtime.js';
export {
  type BlockPlan,
  bitmapLengthBytes,
  type CommandInfo,
  commands,
  IGNORE_SHARED_CAPABILITY,
  MAPPED_RAM_CAPABILITY,
  MAPPED_RAM_HEADER_LENGTH_BYTES,
  MAPPED_RAM_HEADER_VERSION,
  type MappedRamHeader,
  OBSOLETE_STREAM_VERSION,
  PAGES_ALIGNMENT_BYTES,
  pageCount,
  planBlock,
  RAM_SECTION_IDSTR,
  RAM_SECTION_VERSION,
  RAM_WORD_LENGTH_BYTES,
  SECTION_FOOTER_LENGTH_BYTES,
  SectionType,
  STREAM_MAGIC,
  STREAM_VERSION,
} from './layout.js';
export { Limits } from './limits.js';
export { formatOptions, isMachineName } from './option-syntax.js';
export { isPageSize } from './page-size.js';
export { SafeKaitaiStream } from './safe-kaitai-stream.js';
export { parseSize } from './size-syntax.js';
export type { WasmMemory } from './web-assembly.js';
export { withLittleEndianWords } from './word-order.js';
export {
  createPageScanner,
  type PageScanner,
  type PageScannerOptions,
  pageScannerLengthBytes,
} from './zero-page.js';
