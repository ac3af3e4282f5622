import { readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { installFolder, readInstalled, unpackPackages } from '../debian/index.js';
import { CACHE_PATH } from '../index.js';
import type { CpioEntry } from './cpio.js';
import { findLinuxGuest } from './install-linux-guest.js';

const MODULE = 'virtio_balloon.ko.xz';

/** The balloon's driver of the Linux guest's kernel. */
export interface BalloonDriver {
  readonly kind: 'found';
  /** To be put into the guest. */
  readonly file: CpioEntry;
  /** Has the guest load it. */
  readonly command: string;
}

/** Says what is missing and why, for the title of a skipped test. */
export interface MissingBalloonDriver {
  readonly kind: 'missing';
  readonly reason: string;
}

/** Finds what {@link installBalloonDriver} made. Looks only at this machine. */
export function findBalloonDriver(): BalloonDriver | MissingBalloonDriver {
  const guest = findLinuxGuest();
  if (guest.kind === 'missing') return guest;
  const folder = installPathOf(guest.release);
  if (readInstalled(folder) === undefined) {
    const reason = `the balloon's driver of Linux ${guest.release} is not in .cache; node tools/qemu/dist/linux-guest/bin/install.js fetches it`;
    return { kind: 'missing', reason };
  }
  const contents = readFileSync(join(folder, MODULE));
  return {
    kind: 'found',
    file: { path: MODULE, mode: 0o100644, contents },
    command: `insmod /${MODULE}`,
  };
}

/** Fetches the package of the guest's kernel (some 100 MB), and keeps the driver. */
export async function installBalloonDriver(): Promise<BalloonDriver | MissingBalloonDriver> {
  const guest = findLinuxGuest();
  if (guest.kind === 'missing') return guest;
  if (findBalloonDriver().kind === 'missing') {
    try {
      await installFolder(installPathOf(guest.release), (root, scratch) =>
        fillFolder(guest.release, root, scratch),
      );
    } catch (error) {
      return {
        kind: 'missing',
        reason: `the balloon's driver cannot be fetched: ${(error as Error).message}`,
      };
    }
  }
  return findBalloonDriver();
}

function installPathOf(release: string): string {
  return join(CACHE_PATH, `linux-balloon-${release}`);
}

async function fillFolder(release: string, root: string, scratch: string): Promise<object> {
  const unpacked = join(scratch, 'packages');
  const names = [`linux-image-${release}`];
  await unpackPackages({ names, suites: ['trixie'], withDependencies: false }, unpacked, scratch);
  const paths = readdirSync(unpacked, { recursive: true, encoding: 'utf8' });
  const path = paths.find((one) => one.endsWith(`/${MODULE}`));
  if (path === undefined) throw new Error(`${MODULE} is not in the package`);
  renameSync(join(unpacked, path), join(root, MODULE));
  return { release };
}
