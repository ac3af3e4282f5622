export { checkFdset, type FdsetCheck, type FdsetOptions } from './check-fdset.js';
export type { DescriptorFacts, FileKind } from './descriptor-facts.js';
export type { FdsetChannel, FdsetFinding, FdsetFindingCode, FdsetOutcome } from './finding.js';
export {
  type AddFdsetOptions,
  addFdset,
  type QemuFdset,
  type QmpExecutor,
  queryFdsets,
  removeFdset,
  waitForFdsetEnd,
} from './hand-over.js';
export {
  type InheritedFdset,
  type InheritedFdsetOptions,
  type InheritedStdio,
  inheritedArguments,
} from './inherited-arguments.js';
export { type DescriptorReference, inspectDescriptor, inspectDescriptors } from './inspect-descriptor.js';
export {
  formatMigrationUri,
  type MigrationUri,
  type MigrationUriParts,
  parseMigrationUri,
} from './migration-uri.js';
export { type OpenFdset, type OpenFdsetOptions, openFdset } from './open-fdset.js';
export type { FdsetRole } from './wanted.js';
