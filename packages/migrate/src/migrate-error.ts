import { MappedRamError, type MappedRamErrorCode } from '@mapped-ram/format';
import type { FileReport } from '@mapped-ram/lint';
import type { PreflightFinding } from './preflight/finding.js';

/**
 * Why a snapshot was not saved or restored.
 * - `preflight`: it was found what would make it fail, or end QEMU; `findings` has it. QEMU was not asked.
 * - `migration-failed`: QEMU gave up; the message has its words.
 * - `qemu-gone`: QEMU ended, or its QMP connection did, so that nothing more is known of the guest.
 * - `not-restorable`: QEMU says that it completed, and the file does not restore; `report` says why.
 */
export type MigrateErrorCode = Extract<
  MappedRamErrorCode,
  'preflight' | 'migration-failed' | 'qemu-gone' | 'not-restorable'
>;

/** What is known beside the words. */
export interface MigrateErrorDetails extends ErrorOptions {
  readonly findings?: readonly PreflightFinding[];
  readonly report?: FileReport;
}

/** A snapshot was not saved or restored; a class of its own for the findings and the report that it carries. */
export class MigrateError extends MappedRamError {
  /** Of a preflight: all that it found, errors first. */
  readonly findings: readonly PreflightFinding[];
  /** Of a file that was saved and removed again: what the lint said. */
  readonly report: FileReport | undefined;

  constructor(
    code: MigrateErrorCode,
    message: string,
    { findings = [], report, cause }: MigrateErrorDetails = {},
  ) {
    super(code, { what: message, cause });
    this.findings = findings;
    this.report = report;
  }
}
