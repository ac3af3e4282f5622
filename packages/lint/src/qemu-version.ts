import { type QemuVersion, qemuVersions } from './target.js';

/** `major.minor`, or `major.minor.micro` as `query-version` of QMP and a package name it. */
const VERSION = /^(\d+\.\d+)(\.\d+)?$/;

/**
 * The release whose behaviour is that of a version: point releases restore as their line does.
 *
 * @param version Such as `10.0` or `10.0.13`.
 * @throws TypeError where it is no text.
 * @throws RangeError where the release is not known; it names those that are.
 */
export function qemuVersionOf(version: string): QemuVersion {
  if (typeof version !== 'string') throw new TypeError(`qemu: expected a string, got ${typeof version}`);
  const line = VERSION.exec(version)?.[1];
  const known = qemuVersions.find((one) => one === line);
  if (known !== undefined) return known;
  const got = JSON.stringify(version.slice(0, 40));
  throw new RangeError(`qemu: expected one of ${qemuVersions.join(', ')}, or one with a micro, got ${got}`);
}
