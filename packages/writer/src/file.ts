export {
  createFileTarget,
  type FileTarget,
  type FileTargetOptions,
  type PunchHole,
} from './file/file-target.js';
export { canShareBlocks, checkFreeSpace } from './file/free-space.js';
export { makeFile, writeWholeFile } from './file/make-file.js';
export { writeIncoming } from './file/write-incoming.js';
