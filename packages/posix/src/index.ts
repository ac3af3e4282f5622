export { alignedBuffer, memoryAddress } from './aligned-buffer.js';
export { copyFileRange, sendFile } from './copy-in-kernel.js';
export { type DataExtent, dataExtents } from './data-extents.js';
export { type DirectIoSupport, directIoSupport, openDirect } from './direct-io.js';
export { isPosixAvailable } from './libc.js';
export { mapFile } from './map-file.js';
export { populateMemory, preferLargePages } from './memory-advice.js';
export { type ProcessDescriptor, sharesOpenFile, statusFlags } from './open-file.js';
export { isSystemError } from './posix-error.js';
export {
  type PostedError,
  putErrorTogether,
  type SystemError,
  takeErrorApart,
  takeSystemErrorApart,
} from './posted-error.js';
export { punchHole } from './punch-hole.js';
export { sendFileDescriptors } from './send-file-descriptors.js';
export { finishWriteback, startWriteback } from './writeback.js';
