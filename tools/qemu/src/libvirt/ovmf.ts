import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE_PATH } from '../checkout.js';
import { installFolder, readInstalled, unpackPackages } from '../debian/index.js';

/** UEFI firmware for a PC, in two flash devices. */
export interface Ovmf {
  readonly kind: 'found';
  /** As Debian writes it. */
  readonly packageVersion: string;
  /** Paths: the program, which is only read, and variables as they are at first, of which each machine has a copy. */
  readonly code: string;
  readonly variables: string;
}

/** Says what is missing and why, for the title of a skipped test. */
export interface MissingOvmf {
  readonly kind: 'missing';
  readonly reason: string;
}

interface Installed {
  readonly packageVersion: string;
}

const FOLDER = join(CACHE_PATH, 'ovmf');
const CODE_NAME = 'OVMF_CODE_4M.fd';
const VARIABLES_NAME = 'OVMF_VARS_4M.fd';

/** Finds the firmware that {@link installOvmf} brought. Looks only at this machine. */
export function findOvmf(): Ovmf | MissingOvmf {
  const installed = readInstalled<Installed>(FOLDER);
  if (installed === undefined) {
    const reason =
      'OVMF is not in .cache/ovmf; node tools/qemu/dist/bin/install.js --targets libvirt fetches it';
    return { kind: 'missing', reason };
  }
  const { packageVersion } = installed;
  return {
    ...{ kind: 'found', packageVersion },
    ...{ code: join(FOLDER, CODE_NAME), variables: join(FOLDER, VARIABLES_NAME) },
  };
}

/** Fetches Debian's package of it (8 MB), and keeps the two files that are needed. */
export async function installOvmf(): Promise<Ovmf | MissingOvmf> {
  if (findOvmf().kind === 'missing') {
    try {
      await installFolder(FOLDER, fillFolder);
    } catch (error) {
      return { kind: 'missing', reason: `OVMF cannot be fetched: ${(error as Error).message}` };
    }
  }
  return findOvmf();
}

async function fillFolder(root: string, scratch: string): Promise<Installed> {
  const unpacked = join(scratch, 'packages');
  const set = { names: ['ovmf'], suites: ['trixie'], withDependencies: false } as const;
  const versions = await unpackPackages(set, unpacked, join(scratch, 'apt'));
  for (const name of [CODE_NAME, VARIABLES_NAME]) {
    copyFileSync(join(unpacked, 'usr/share/OVMF', name), join(root, name));
  }
  return { packageVersion: versions.get('ovmf') ?? '' };
}
