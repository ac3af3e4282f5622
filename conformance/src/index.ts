export { buildPackedImage, listPackedVectors, readPackedVectors } from './packing/packed-store.js';
export type { PackedVector, UnpackedFile } from './packing/packed-vector.js';
export type { Destination, WantedBlock, WantedConfiguration } from './protocol/messages.js';
export type { Edit } from './vector/edit.js';
export { listVectors, readVector, readVectors } from './vector/store.js';
export type {
  ExpectedBlock,
  ExpectedOutcome,
  QemuRecord,
  QemuVersionRecord,
  RestoreMode,
  Stage,
  Vector,
} from './vector/vector.js';
export { buildVectorImage, writeImage } from './vector/vector-file.js';
export { blockMemory } from './writing/task-memory.js';
export { listTasks, readTask, readTasks } from './writing/task-store.js';
export type { MemoryPiece, TaskBlock, WritingTask } from './writing/writing-task.js';
