export { type Architecture, architectureOf } from './architecture.js';
export { derivePhysicalMap } from './derive-map.js';
export {
  findMainRam,
  findMemoryBackends,
  hasObjectPath,
  isKnownMachine,
  objectIdOf,
} from './memory-backends.js';
export {
  clipRange,
  endOf,
  type PhysicalMap,
  type PhysicalRange,
  partOf,
  stackLayers,
} from './physical-map.js';
