import { newestQemuVersion, type QemuVersion, qemuVersions, versionInRange } from '@mapped-ram/releases';

export { newestQemuVersion, type QemuVersion, qemuVersions, versionInRange };

/** Who restores the file: the verdict is about this QEMU, with a machine that fits the file. */
export interface RestoreTarget {
  readonly qemu: QemuVersion;
  /** Whether the `multifd` capability is on while restoring. */
  readonly multifd: boolean;
}
