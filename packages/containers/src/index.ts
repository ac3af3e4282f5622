export { compressedContainer } from './compressed/compressed-container.js';
export { listInternalSnapshots, openInternalSnapshot } from './qcow2/open-qcow2.js';
export { qcow2Container } from './qcow2/qcow2-container.js';
export type { InternalSnapshot } from './qcow2/snapshot-table.js';
