export { armModelsOf } from './arm-models.js';
export { releasesWithoutRegister } from './arm-registers.js';
export {
  type ChangeName,
  type Evidence,
  hasChange,
  releaseChanges,
} from './changes.js';
export {
  type JudgedState,
  judgeState,
  releasesWithoutSubsection,
  type StateRange,
  type StateVerdict,
  writtenVersions,
} from './device-states.js';
export { deviceTypesOf, type PciIdentity } from './device-types.js';
export { hasMachineType, type Known, releasesWithMachine, targetsOfMachine } from './machine-types.js';
export { defaultQueueSize } from './queue-sizes.js';
export {
  type MeasuredVersion,
  measuredAround,
  measuredVersions,
  newestQemuVersion,
  type QemuVersion,
  qemuVersions,
  versionInRange,
} from './release.js';
