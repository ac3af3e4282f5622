import { execFileSync } from 'node:child_process';
import { groupPath, readInstalled } from '../find-qemu.js';
import type { QemuVersion } from '../qemu-version.js';

/** A libvirt beside the QEMU that it starts. */
export interface LibvirtProgram {
  readonly kind: 'found';
  readonly qemu: QemuVersion;
  /** For example `12.9.0`. */
  readonly libvirt: string;
  /** The unpacked tree, which is only read. */
  readonly root: string;
}

/** Says what is missing and why, for the title of a skipped test. */
export interface MissingLibvirt {
  readonly kind: 'missing';
  readonly reason: string;
}

/**
 * Finds the libvirt that `installQemu(version, 'libvirt')` unpacked. Its daemon needs root, for a root directory and mounts of
 * its own. Looks only at this machine.
 */
export function findLibvirt(qemu: QemuVersion): LibvirtProgram | MissingLibvirt {
  const root = groupPath(qemu, 'libvirt');
  const installed = readInstalled(root);
  if (installed === undefined) {
    const reason = `libvirt for QEMU ${qemu} is not in .cache/qemu; node tools/qemu/dist/bin/install.js ${qemu} --targets libvirt fetches it`;
    return { kind: 'missing', reason };
  }
  try {
    execFileSync('unshare', ['--mount', '--pid', '--fork', 'true'], { stdio: 'pipe' });
  } catch {
    return { kind: 'missing', reason: "libvirt's daemon needs root and unshare" };
  }
  return { kind: 'found', qemu, libvirt: installed.packageVersion.split('-')[0] ?? '', root };
}
