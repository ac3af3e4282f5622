export type { QmpClient, QmpEvent, QmpGreeting, QmpVersion, QmpWaitOptions } from './qmp-client.js';
export { connectQmp } from './qmp-client.js';
export { QmpClosedError, QmpError, QmpTimeoutError } from './qmp-error.js';
