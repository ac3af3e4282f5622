import type { FileReport } from '@mapped-ram/lint';
import type { PreflightFinding } from './preflight/finding.js';

/** Why a snapshot was not saved or restored. */
export type MigrateErrorCode =
  /** The preflight found what would make it fail, or end QEMU; `findings` has it. QEMU was not asked. */
  | 'preflight'
  /** QEMU gave up; the message has its words. */
  | 'migration-failed'
  /** QEMU ended, or its QMP connection did, so that nothing more is known of the guest. */
  | 'qemu-gone'
  /** QEMU says that it completed, and the file does not restore; `report` says why. */
  | 'unsound-file';

/** What is known beside the words. */
export interface MigrateErrorDetails extends ErrorOptions {
  readonly findings?: readonly PreflightFinding[];
  readonly report?: FileReport;
}

/** A snapshot was not saved or restored. What is wrong with the path is a `MappedRamError`. */
export class MigrateError extends Error {
  override readonly name = 'MigrateError';
  /** Of a preflight: all that it found, errors first. */
  readonly findings: readonly PreflightFinding[];
  /** Of a file that was saved and removed again: what the lint said. */
  readonly report: FileReport | undefined;

  constructor(
    readonly code: MigrateErrorCode,
    message: string,
    { findings = [], report, ...options }: MigrateErrorDetails = {},
  ) {
    super(message, options);
    this.findings = findings;
    this.report = report;
  }
}
