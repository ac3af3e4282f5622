/**
 * QEMU releases whose behaviour is known, oldest first. mapped-ram came with 9.0. `11.2` is what upstream had in November 2026
 * on its way to that release; it was read, not run.
 */
export const qemuVersions = ['9.0', '9.1', '9.2', '10.0', '10.1', '10.2', '11.0', '11.1', '11.2'] as const;

/** A QEMU release, as `major.minor`. */
export type QemuVersion = (typeof qemuVersions)[number];

/** The newest release that was run; what is predicted for unless another one is named. */
export const newestQemuVersion: QemuVersion = '11.1';

/** The releases that the tables were made from, by asking real QEMU. */
export const measuredVersions = ['10.0', '11.1'] as const satisfies readonly QemuVersion[];

/** A release that was asked. */
export type MeasuredVersion = (typeof measuredVersions)[number];

/** Whether `version` lies in `from` .. `to`, both included; an absent bound is open. */
export function versionInRange(version: QemuVersion, from?: QemuVersion, to?: QemuVersion): boolean {
  const at = qemuVersions.indexOf(version);
  return (
    (from === undefined || at >= qemuVersions.indexOf(from)) &&
    (to === undefined || at <= qemuVersions.indexOf(to))
  );
}

/**
 * The measured releases that tell about a release: itself, or the nearest on both sides, since what is the same on both sides
 * did not change between them. Only one where the release lies outside of what was measured.
 */
export function measuredAround(version: QemuVersion): readonly MeasuredVersion[] {
  const same = measuredVersions.find((measured) => measured === version);
  if (same !== undefined) return [same];
  const below = measuredVersions.findLast((measured) => versionInRange(version, measured));
  const above = measuredVersions.find((measured) => versionInRange(version, undefined, measured));
  return [below, above].filter((measured) => measured !== undefined);
}

/** Whether what was measured tells about a release: it was, or it lies between two that were. */
export function isMeasured(version: QemuVersion): boolean {
  return versionInRange(version, measuredVersions[0], measuredVersions.at(-1));
}
