export { deriveCommand } from './command/derive-command.js';
export { formatDomain } from './command/libvirt-domain.js';
export { argumentsOfCommand, type MachineCommand, type QemuOption } from './command/machine-command.js';
export { describeDestination } from './describe-destination.js';
export { type Destination, type DestinationState, parseDestination } from './destination.js';
export type { FitFinding } from './fit-finding.js';
export { type FitOptions, type FitReport, fitSnapshot } from './fit-snapshot.js';
export {
  MAX_RECORD_BYTES,
  type MachineRecord,
  parseMachineRecord,
  type RecordedDisk,
  type RecordedFile,
  type RecordedPart,
  type RecordedSlot,
  type RecordedValue,
  recordPathOf,
} from './record/machine-record.js';
export { recordMachine } from './record/record-machine.js';
export { type StartedDestination, startDestination } from './start-destination.js';
export { type TriedRestore, tryRestore } from './try-restore.js';
