import { chmodSync, copyFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE_PATH } from '@mapped-ram/tool-qemu';
import { installFolder, readInstalled, unpackPackages } from '@mapped-ram/tool-qemu/debian';

const SUITE = 'trixie';
const PACKAGE = 'chromium-headless-shell';
const INSTALL_PATH = join(CACHE_PATH, 'browser');

/** A browser without a window, as one program. */
export interface Browser {
  readonly kind: 'found';
  /** Its name and version. */
  readonly name: string;
  readonly file: string;
}

/** Says which tool is missing and why, for the title of a skipped test. */
export interface MissingBrowser {
  readonly kind: 'missing';
  readonly reason: string;
}

interface Installed {
  readonly version: string;
}

/** Finds the Chromium that {@link installBrowser} brought. Looks only at this machine. */
export function findBrowser(): Browser | MissingBrowser {
  const installed = readInstalled<Installed>(INSTALL_PATH);
  if (installed === undefined) {
    const reason =
      'Chromium is not in .cache/browser; node tools/checks/dist/browser/bin/install.js fetches it';
    return { kind: 'missing', reason };
  }
  return { kind: 'found', name: `Chromium ${installed.version}`, file: join(INSTALL_PATH, 'start') };
}

/** Fetches Debian's Chromium with all that it needs (some 200 MB), down to the C library. */
export async function installBrowser(): Promise<Browser | MissingBrowser> {
  if (findBrowser().kind === 'missing') {
    try {
      await installFolder(INSTALL_PATH, fillFolder);
    } catch (error) {
      return { kind: 'missing', reason: `Chromium cannot be fetched: ${(error as Error).message}` };
    }
  }
  return findBrowser();
}

const TRIPLETS: Partial<Record<NodeJS.Architecture, { triplet: string; loader: string }>> = {
  x64: { triplet: 'x86_64-linux-gnu', loader: 'ld-linux-x86-64.so.2' },
  arm64: { triplet: 'aarch64-linux-gnu', loader: 'ld-linux-aarch64.so.1' },
};

async function fillFolder(root: string, scratch: string): Promise<Installed> {
  const platform = TRIPLETS[process.arch];
  if (platform === undefined) throw new Error(`not known for ${process.arch}`);
  const set = { names: [PACKAGE], suites: [SUITE], withDependencies: true } as const;
  const versions = await unpackPackages(set, root, scratch);
  const libraries = `usr/lib/${platform.triplet}`;
  // It looks for its data beside the program that runs, and that is the loader.
  copyFileSync(realpathSync(join(root, libraries, platform.loader)), join(root, 'usr/lib/chromium/loader'));
  const start = join(root, 'start');
  writeFileSync(start, startScript(libraries));
  chmodSync(start, 0o755);
  return { version: versions.get(PACKAGE) ?? '' };
}

/** Starts the program, and by the same script the processes that it starts, through the loader and the libraries of this folder. */
function startScript(libraries: string): string {
  return `#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
exec "$here/usr/lib/chromium/loader" \\
  --library-path "$here/${libraries}:$here/${libraries}/pulseaudio:$here/usr/lib/chromium" \\
  "$here/usr/lib/chromium/${PACKAGE}" "--browser-subprocess-path=$here/start" --no-zygote "$@"
`;
}
