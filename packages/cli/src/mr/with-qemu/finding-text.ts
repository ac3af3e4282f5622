import type { PreflightFinding } from '@mapped-ram/migrate';

/** A finding of a preflight, for people: what it is, and below it what helps and what QEMU would say. */
export function findingLines({ severity, code, message, help, qemuError }: PreflightFinding): string[] {
  return [
    `  ${severity} ${code}: ${message}`,
    ...(help === undefined ? [] : [`    help: ${help}`]),
    ...(qemuError === undefined ? [] : [`    QEMU: ${qemuError}`]),
  ];
}
