export { MigrateError, type MigrateErrorCode, type MigrateErrorDetails } from './migrate-error.js';
export type {
  PreflightCode,
  PreflightFinding,
  PreflightOutcome,
  PreflightSeverity,
} from './preflight/finding.js';
export { type PreflightRequest, type PreflightResult, preflight } from './preflight/preflight.js';
export type { SaveProgress } from './progress.js';
export { type RestoredSnapshot, type RestoreOptions, restoreSnapshot } from './restore-snapshot.js';
export type { SavedSnapshot, SaveOptions } from './save-options.js';
export { saveSnapshot } from './save-snapshot.js';
export type { PatienceOptions, TransferOptions } from './transfer-options.js';
