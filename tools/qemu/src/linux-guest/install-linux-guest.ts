import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { installFolder, readInstalled, unpackPackages } from '../debian/index.js';
import { CACHE_PATH, type QemuTarget } from '../index.js';
import { cpioArchive } from './cpio.js';
import { initScript } from './init-script.js';
import { LINUX_KERNELS, type LinuxKernel, type LinuxKernelName } from './linux-kernels.js';

/** Writes what the kernel's crash dumps need to where the hypervisor finds it. */
const VMCOREINFO_MODULE = /\/qemu_fw_cfg\.ko(\.xz)?$/;

/** A Linux guest, ready to boot. */
export interface LinuxGuest {
  readonly kind: 'found';
  readonly name: LinuxKernelName;
  /** QEMU for it. */
  readonly target: QemuTarget;
  /** Name of its serial line. */
  readonly serialLine: string;
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

/** Finds the guest that {@link installLinuxGuest} made. Looks only at this machine. */
export function findLinuxGuest(name: LinuxKernelName = 'trixie'): LinuxGuest | MissingLinuxGuest {
  const folder = installFolderOf(name);
  const installed = readInstalled<Installed>(join(CACHE_PATH, folder));
  if (installed === undefined) {
    const reason = `a Linux guest is not in .cache/${folder}; node tools/qemu/dist/linux-guest/bin/install.js fetches it`;
    return { kind: 'missing', reason };
  }
  const at = (file: string) => join(CACHE_PATH, folder, file);
  const { serialLine, target } = LINUX_KERNELS[name];
  return {
    ...{ kind: 'found', name, target, serialLine, release: installed.release },
    ...{ kernel: at('vmlinuz'), initramfs: at('initramfs.gz') },
  };
}

/** Fetches Debian's kernel (some 100 MB with what it depends on) and a static busybox, and keeps what is needed of them. */
export async function installLinuxGuest(
  name: LinuxKernelName = 'trixie',
): Promise<LinuxGuest | MissingLinuxGuest> {
  if (findLinuxGuest(name).kind === 'missing') {
    try {
      await installFolder(join(CACHE_PATH, installFolderOf(name)), (root, scratch) =>
        fillFolder(LINUX_KERNELS[name], root, scratch),
      );
    } catch (error) {
      return {
        kind: 'missing',
        reason: `the Linux guest of ${name} cannot be fetched: ${(error as Error).message}`,
      };
    }
  }
  return findLinuxGuest(name);
}

function installFolderOf(name: LinuxKernelName): string {
  return name === 'trixie' ? 'linux-guest' : `linux-guest-${name}`;
}

async function fillFolder(kernel: LinuxKernel, root: string, scratch: string): Promise<Installed> {
  const { suites, architecture, flavour, serialLine } = kernel;
  const unpacked = join(scratch, 'packages');
  const names = [`linux-image-${flavour}`, 'busybox-static'];
  await unpackPackages({ names, suites, architecture, withDependencies: true }, unpacked, scratch);
  const modules = findModules(unpacked);
  const [release] = readdirSync(modules);
  if (release === undefined) throw new Error('no modules are in the packages');
  // Packages of newer kernels have it beside the modules.
  const images = [join(unpacked, `boot/vmlinuz-${release}`), join(modules, release, 'vmlinuz')];
  const image = images.find(existsSync);
  if (image === undefined) throw new Error('no kernel is in the packages');
  copyFileSync(image, join(root, 'vmlinuz'));
  writeFileSync(join(root, 'initramfs.gz'), gzipSync(initramfs(unpacked, modules, serialLine)));
  return { release };
}

const FOLDER_MODE = 0o040755;
const PROGRAM_MODE = 0o100755;

/** Before trixie, /lib was no link to /usr/lib. */
function findModules(unpacked: string): string {
  const found = ['usr/lib/modules', 'lib/modules'].map((path) => join(unpacked, path)).find(existsSync);
  if (found === undefined) throw new Error('no modules are in the packages');
  return found;
}

function initramfs(unpacked: string, modules: string, serialLine: string): Uint8Array {
  const busybox = ['usr/bin/busybox', 'bin/busybox'].map((path) => join(unpacked, path)).find(existsSync);
  const module = readdirSync(modules, { recursive: true, encoding: 'utf8' }).find((path) =>
    VMCOREINFO_MODULE.test(path),
  );
  if (busybox === undefined || module === undefined)
    throw new Error('busybox or a module is not in the packages');
  return cpioArchive([
    ...['bin', 'dev', 'proc', 'sys'].map((path) => ({ path, mode: FOLDER_MODE })),
    { path: 'init', mode: PROGRAM_MODE, contents: Buffer.from(initScript(serialLine)) },
    { path: 'bin/busybox', mode: PROGRAM_MODE, contents: readFileSync(busybox) },
    // The name tells busybox whether it is compressed.
    {
      path: module.slice(module.lastIndexOf('/') + 1),
      mode: PROGRAM_MODE,
      contents: readFileSync(join(modules, module)),
    },
  ]);
}
