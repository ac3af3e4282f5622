import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { installFolder, readInstalled, unpackPackages } from '../debian/index.js';
import { privateCommand } from '../find-qemu.js';
import { CACHE_PATH } from '../index.js';
import { findLinuxGuest } from './install-linux-guest.js';

const SUITE = 'trixie';
const PYTHON = 'python3.13';
const INSTALL_PATH = join(CACHE_PATH, 'linux-debuggers');

/** A program and how it is started. */
export interface DebuggerCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** crash and drgn, and the debug information of the Linux guest's kernel. */
export interface LinuxDebuggers {
  readonly kind: 'found';
  readonly crash: DebuggerCommand;
  /** A Python that has drgn. */
  readonly python: DebuggerCommand;
  /** Path of the kernel with its debug information. */
  readonly vmlinux: string;
}

/** Says what is missing and why, for the title of a skipped test. */
export interface MissingDebuggers {
  readonly kind: 'missing';
  readonly reason: string;
}

interface Installed {
  /** Of the kernel whose debug information it is. */
  readonly release: string;
}

/** Finds what {@link installDebuggers} made. Looks only at this machine. */
export function findDebuggers(): LinuxDebuggers | MissingDebuggers {
  const guest = findLinuxGuest();
  if (guest.kind === 'missing') return guest;
  const installed = readInstalled<Installed>(INSTALL_PATH);
  if (installed?.release !== guest.release) {
    const what = `crash, drgn and the debug information of Linux ${guest.release} are`;
    const reason = `${what} not in .cache/linux-debuggers; node tools/qemu/dist/linux-guest/bin/install.js fetches them`;
    return { kind: 'missing', reason };
  }
  const root = join(INSTALL_PATH, 'programs');
  const command = (program: string, env: NodeJS.ProcessEnv): DebuggerCommand => {
    const { file, args } = privateCommand(root, program);
    return { file, args, env: { ...process.env, ...env } };
  };
  return {
    kind: 'found',
    crash: command('crash', { TERM: 'dumb' }),
    python: command(PYTHON, { PYTHONHOME: join(root, 'usr'), PYTHONDONTWRITEBYTECODE: '1' }),
    vmlinux: join(INSTALL_PATH, 'vmlinux'),
  };
}

/** Fetches Debian's crash and drgn, and the debug package of the guest's kernel (320 MB; 350 of what it unpacks to are kept). */
export async function installDebuggers(): Promise<LinuxDebuggers | MissingDebuggers> {
  const guest = findLinuxGuest();
  if (guest.kind === 'missing') return guest;
  if (findDebuggers().kind === 'missing') {
    try {
      await installFolder(INSTALL_PATH, (root, scratch) => fillFolder(guest.release, root, scratch));
    } catch (error) {
      const problem = (error as Error).message;
      return { kind: 'missing', reason: `crash, drgn and debug information cannot be fetched: ${problem}` };
    }
  }
  return findDebuggers();
}

async function fillFolder(release: string, root: string, scratch: string): Promise<Installed> {
  const programs = ['crash', 'python3-drgn', 'libkdumpfile10'];
  const suites = [SUITE] as const;
  await unpackPackages(
    { names: programs, suites, withDependencies: true },
    join(root, 'programs'),
    join(scratch, 'programs'),
  );
  const unpacked = join(scratch, 'kernel');
  await unpackPackages(
    { names: [`linux-image-${release}-dbg`], suites, withDependencies: false },
    unpacked,
    join(scratch, 'packages'),
  );
  renameSync(join(unpacked, 'usr/lib/debug/boot', `vmlinux-${release}`), join(root, 'vmlinux'));
  return { release };
}
