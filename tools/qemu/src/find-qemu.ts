import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { CACHE_PATH } from './checkout.js';
import { readInstalled as readRecord } from './debian/index.js';
import { type QemuGroup, type QemuTarget, type QemuVersion, TARGET_GROUPS } from './qemu-version.js';

/** How to start one program of one QEMU. */
export interface QemuProgram {
  readonly kind: 'found';
  readonly version: QemuVersion;
  /** For example `QEMU emulator version 10.0.13 (Debian 1:10.0.13+ds-0+deb13u1)`. */
  readonly versionText: string;
  readonly file: string;
  /** Come before the program's own arguments. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Says which tool is missing and why, for the title of a skipped test. */
export interface MissingQemu {
  readonly kind: 'missing';
  readonly version: QemuVersion;
  readonly reason: string;
}

/** Where a version's group of packages is unpacked. */
export function groupPath(version: QemuVersion, group: QemuGroup): string {
  return join(CACHE_PATH, 'qemu', version, group);
}

/** What an unpacked group says of itself. */
export interface InstalledGroup {
  readonly package: string;
  readonly packageVersion: string;
  readonly versionText: string;
}

/** @returns undefined where the group is not unpacked */
export function readInstalled(root: string): InstalledGroup | undefined {
  return readRecord<InstalledGroup>(root);
}

const LOADERS: Partial<Record<NodeJS.Architecture, { loader: string; triplet: string }>> = {
  x64: { loader: 'ld-linux-x86-64.so.2', triplet: 'x86_64-linux-gnu' },
  arm64: { loader: 'ld-linux-aarch64.so.1', triplet: 'aarch64-linux-gnu' },
};

/**
 * A program out of an unpacked root, started through that root's own loader and C library, so that the age of the machine's own
 * does not matter.
 */
export function privateCommand(root: string, program: string): Pick<QemuProgram, 'file' | 'args' | 'env'> {
  const { loader, triplet } = LOADERS[process.arch] ?? { loader: '', triplet: '' };
  const libraries = join(root, 'usr/lib', triplet);
  const firmware = ['usr/share/qemu', 'usr/share/seabios', 'usr/lib/ipxe/qemu'];
  return {
    file: join(libraries, loader),
    args: [
      ...['--library-path', libraries, join(root, 'usr/bin', program)],
      ...(program.startsWith('qemu-system-') ? firmware.flatMap((path) => ['-L', join(root, path)]) : []),
    ],
    env: { QEMU_MODULE_DIR: join(libraries, 'qemu') },
  };
}

/**
 * Finds a system emulator: the one that {@link installQemu} unpacked, or else one on PATH of that very version. Looks only at
 * this machine.
 */
export function findQemu(version: QemuVersion, target: QemuTarget = 'x86_64'): QemuProgram | MissingQemu {
  const program = `qemu-system-${target}`;
  const root = groupPath(version, TARGET_GROUPS[target]);
  const installed = readInstalled(root);
  if (installed !== undefined) {
    const { versionText } = installed;
    return { kind: 'found', version, versionText, ...privateCommand(root, program) };
  }
  const versionText = askVersion(program);
  if (versionText.includes(` version ${version}.`)) {
    return { kind: 'found', version, versionText, file: program, args: [], env: {} };
  }
  const found = versionText === '' ? 'none is' : `another (${versionText}) is`;
  return {
    kind: 'missing',
    version,
    reason: `${program} ${version} is not in .cache/qemu and ${found} on PATH; node tools/qemu/dist/bin/install.js fetches it`,
  };
}

function askVersion(program: string): string {
  try {
    return execFileSync(program, ['--version'], { encoding: 'utf8', stdio: 'pipe' }).split('\n')[0] ?? '';
  } catch {
    return '';
  }
}
