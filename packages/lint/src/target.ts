/** QEMU releases whose behaviour the rules know, oldest first. mapped-ram came with 9.0. */
export const qemuVersions = ['9.0', '9.1', '9.2', '10.0', '10.1', '10.2', '11.0', '11.1'] as const;

/** A QEMU release, as `major.minor`. */
export type QemuVersion = (typeof qemuVersions)[number];

/** The newest release that was run; the default to predict for. */
export const newestQemuVersion: QemuVersion = '11.1';

/** Who restores the file: the verdict is about this QEMU, with a machine that fits the file. */
export interface RestoreTarget {
  readonly qemu: QemuVersion;
  /** Whether the `multifd` capability is on while restoring. */
  readonly multifd: boolean;
}

/** Whether `version` lies in `from` .. `to`, both included; an absent bound is open. */
export function versionInRange(version: QemuVersion, from?: QemuVersion, to?: QemuVersion): boolean {
  const at = qemuVersions.indexOf(version);
  return (
    (from === undefined || at >= qemuVersions.indexOf(from)) &&
    (to === undefined || at <= qemuVersions.indexOf(to))
  );
}
