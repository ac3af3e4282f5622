export { hasErrorCode, MappedRamError } from '@mapped-ram/format/errors';
export { type QemuMemoryRange, queryMemoryRanges } from './memory-ranges.js';
export type {
  QmpClient,
  QmpConnectOptions,
  QmpExecuteOptions,
  QmpMessageSender,
  QmpWaitOptions,
} from './qmp-client.js';
export { connectQmp } from './qmp-client.js';
export { QmpError, qmpTimeout } from './qmp-error.js';
export type { QmpEvent, QmpGreeting, QmpVersion } from './qmp-message.js';
export { type QemuRamBlock, queryRamBlocks } from './ram-blocks.js';
export {
  amount,
  count,
  finite,
  list,
  mismatch,
  optional,
  type ResultShape,
  record,
  shape,
  text,
  truth,
} from './result-shape.js';
