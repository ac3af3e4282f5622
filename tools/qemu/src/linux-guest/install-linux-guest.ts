import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { installFolder, readInstalled, unpackPackages } from '../debian/index.js';
import { CACHE_PATH } from '../index.js';
import { cpioArchive } from './cpio.js';
import { INIT_SCRIPT } from './init-script.js';

const SUITE = 'trixie';
const PACKAGES = ['linux-image-cloud-amd64', 'busybox-static'] as const;

/** Writes what the kernel's crash dumps need to where the hypervisor finds it. */
const VMCOREINFO_MODULE = /\/qemu_fw_cfg\.ko(\.xz)?$/;

/** A Linux guest, ready to boot. */
export interface LinuxGuest {
  readonly kind: 'found';
  /** Paths. */
  readonly kernel: string;
  readonly initramfs: string;
  /** Of the running kernel: `6.12.48+deb13-cloud-amd64`. */
  readonly release: string;
}

/** Says which tool is missing and why, for the title of a skipped test. */
export interface MissingLinuxGuest {
  readonly kind: 'missing';
  readonly reason: string;
}

interface Installed {
  readonly release: string;
}

const INSTALL_PATH = join(CACHE_PATH, 'linux-guest');

/** Finds the guest that {@link installLinuxGuest} made. Looks only at this machine. */
export function findLinuxGuest(): LinuxGuest | MissingLinuxGuest {
  const installed = readInstalled<Installed>(INSTALL_PATH);
  if (installed === undefined) {
    const reason =
      'a Linux guest is not in .cache/linux-guest; node tools/qemu/dist/linux-guest/bin/install.js fetches it';
    return { kind: 'missing', reason };
  }
  const at = (name: string) => join(INSTALL_PATH, name);
  return { kind: 'found', kernel: at('vmlinuz'), initramfs: at('initramfs.gz'), release: installed.release };
}

/** Fetches Debian's kernel for clouds (some 100 MB with what it depends on) and a static busybox, and keeps what is needed of them. */
export async function installLinuxGuest(): Promise<LinuxGuest | MissingLinuxGuest> {
  if (findLinuxGuest().kind === 'missing') {
    try {
      await installFolder(INSTALL_PATH, fillFolder);
    } catch (error) {
      return { kind: 'missing', reason: `the Linux guest cannot be fetched: ${(error as Error).message}` };
    }
  }
  return findLinuxGuest();
}

async function fillFolder(root: string, scratch: string): Promise<Installed> {
  const unpacked = join(scratch, 'packages');
  await unpackPackages({ names: PACKAGES, suites: [SUITE], withDependencies: true }, unpacked, scratch);
  const boot = join(unpacked, 'boot');
  const kernel = readdirSync(boot).find((name) => name.startsWith('vmlinuz-'));
  if (kernel === undefined) throw new Error('no kernel is in the packages');
  const release = kernel.slice('vmlinuz-'.length);
  copyFileSync(join(boot, kernel), join(root, 'vmlinuz'));
  writeFileSync(join(root, 'initramfs.gz'), gzipSync(initramfs(unpacked)));
  return { release };
}

const FOLDER_MODE = 0o040755;
const PROGRAM_MODE = 0o100755;

function initramfs(unpacked: string): Uint8Array {
  const busybox = ['usr/bin/busybox', 'bin/busybox'].map((path) => join(unpacked, path)).find(isThere);
  const modules = join(unpacked, 'usr/lib/modules');
  const module = readdirSync(modules, { recursive: true, encoding: 'utf8' }).find((path) =>
    VMCOREINFO_MODULE.test(path),
  );
  if (busybox === undefined || module === undefined)
    throw new Error('busybox or a module is not in the packages');
  return cpioArchive([
    ...['bin', 'dev', 'proc', 'sys'].map((path) => ({ path, mode: FOLDER_MODE })),
    { path: 'init', mode: PROGRAM_MODE, contents: Buffer.from(INIT_SCRIPT) },
    { path: 'bin/busybox', mode: PROGRAM_MODE, contents: readFileSync(busybox) },
    // The name tells busybox whether it is compressed.
    {
      path: module.slice(module.lastIndexOf('/') + 1),
      mode: PROGRAM_MODE,
      contents: readFileSync(join(modules, module)),
    },
  ]);
}

function isThere(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}
