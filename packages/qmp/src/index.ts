export type {
  QmpClient,
  QmpEvent,
  QmpExecuteOptions,
  QmpGreeting,
  QmpMessageSender,
  QmpVersion,
  QmpWaitOptions,
} from './qmp-client.js';
export { connectQmp } from './qmp-client.js';
export { QmpClosedError, QmpError, QmpTimeoutError } from './qmp-error.js';
export { type QemuRamBlock, queryRamBlocks } from './ram-blocks.js';
