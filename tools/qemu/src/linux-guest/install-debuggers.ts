import { realpathSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { installFolder, readInstalled, unpackPackages } from '../debian/index.js';
import { privateCommand } from '../find-qemu.js';
import { CACHE_PATH } from '../index.js';
import { findLinuxGuest } from './install-linux-guest.js';
import { LINUX_KERNELS, type LinuxKernel, type LinuxKernelName } from './linux-kernels.js';

const SUITE = 'trixie';
const PYTHON = 'python3.13';
const PROGRAMS_PATH = join(CACHE_PATH, 'linux-debuggers');

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

interface Programs {
  readonly names: readonly string[];
}

interface DebugInformation {
  /** Of the kernel that it is of. */
  readonly release: string;
}

/** Finds what {@link installDebuggers} made. Looks only at this machine. */
export function findDebuggers(name: LinuxKernelName = 'trixie'): LinuxDebuggers | MissingDebuggers {
  const guest = findLinuxGuest(name);
  if (guest.kind === 'missing') return guest;
  const isThere = readInstalled<Programs>(PROGRAMS_PATH) !== undefined;
  const folder = debugFolderOf(name);
  if (!isThere || readInstalled<DebugInformation>(folder)?.release !== guest.release) {
    const what = `crash, drgn and the debug information of Linux ${guest.release} are not in .cache`;
    const how = `node tools/qemu/dist/linux-guest/bin/install.js --debug ${name} fetches them`;
    return { kind: 'missing', reason: `${what}; ${how}` };
  }
  const root = join(PROGRAMS_PATH, 'programs');
  const command = (program: string, env: NodeJS.ProcessEnv): DebuggerCommand => {
    const { file, args } = privateCommand(root, program);
    return { file, args, env: { ...process.env, ...env } };
  };
  return {
    kind: 'found',
    crash: command('crash', { TERM: 'dumb' }),
    python: command(PYTHON, { PYTHONHOME: join(root, 'usr'), PYTHONDONTWRITEBYTECODE: '1' }),
    vmlinux: join(folder, 'vmlinux'),
  };
}

/** Fetches Debian's crash and drgn, and the debug package of a guest's kernel (320 MB; 350 of what it unpacks to are kept). */
export async function installDebuggers(
  name: LinuxKernelName = 'trixie',
): Promise<LinuxDebuggers | MissingDebuggers> {
  const guest = findLinuxGuest(name);
  if (guest.kind === 'missing') return guest;
  if (findDebuggers(name).kind === 'missing') {
    try {
      if (readInstalled<Programs>(PROGRAMS_PATH) === undefined) {
        await installFolder(PROGRAMS_PATH, fillPrograms);
      }
      await installFolder(debugFolderOf(name), (root, scratch) =>
        fillDebugInformation(guest.release, LINUX_KERNELS[name].suites, root, scratch),
      );
    } catch (error) {
      const problem = (error as Error).message;
      return { kind: 'missing', reason: `crash, drgn and debug information cannot be fetched: ${problem}` };
    }
  }
  return findDebuggers(name);
}

function debugFolderOf(name: LinuxKernelName): string {
  return join(CACHE_PATH, `linux-debug-${name}`);
}

async function fillPrograms(root: string, scratch: string): Promise<Programs> {
  const names = ['crash', 'python3-drgn', 'libkdumpfile10'];
  const wanted = { names, suites: [SUITE], withDependencies: true } as const;
  await unpackPackages(wanted, join(root, 'programs'), scratch);
  return { names };
}

async function fillDebugInformation(
  release: string,
  suites: LinuxKernel['suites'],
  root: string,
  scratch: string,
): Promise<DebugInformation> {
  const names = [`linux-image-${release}-dbg`];
  const unpacked = join(scratch, 'kernel');
  await unpackPackages({ names, suites, withDependencies: false }, unpacked, join(scratch, 'packages'));
  // In newer packages it is a link.
  const vmlinux = realpathSync(join(unpacked, 'usr/lib/debug/boot', `vmlinux-${release}`));
  renameSync(vmlinux, join(root, 'vmlinux'));
  return { release };
}
