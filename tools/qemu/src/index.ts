export { CACHE_PATH, CHECKOUT_PATH } from './checkout.js';
export {
  findQemu,
  groupPath,
  type InstalledGroup,
  type MissingQemu,
  type QemuProgram,
  readInstalled,
} from './find-qemu.js';
export {
  findGuestDifference,
  type ObservedQemu,
  openProcessMemory,
  type ProcessMemory,
} from './guest-memory.js';
export { hasProgram } from './has-program.js';
export { type InstallResult, installQemu } from './install-qemu.js';
export { launchWithDisk, loadInternalSnapshot } from './internal-snapshot.js';
export { createMachineFiles, type DestinationMachine, launchDestination } from './launch-destination.js';
export { type LaunchOptions, launchQemu, type QemuExit, QemuStartError, type QemuVm } from './launch-qemu.js';
export {
  configureMigration,
  type MigrationOutcome,
  type MigrationSettings,
  restoreMappedRam,
  saveMappedRam,
} from './migration.js';
export {
  QEMU_VERSIONS,
  type QemuGroup,
  type QemuTarget,
  type QemuVersion,
  TARGET_GROUPS,
} from './qemu-version.js';
