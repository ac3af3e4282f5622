import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The top of the checkout. */
export const checkout = fileURLToPath(new URL('../../../../', import.meta.url));

/** Folders of packages that are published, beside all of `packages/`. */
const OTHERS = ['conformance', 'fixtures'];

/** A package that is published. */
export interface PublishedPackage {
  readonly name: string;
  readonly folder: string;
  /** Keys of its `exports` map, such as `./file`. */
  readonly entries: readonly string[];
  /** What each leads to in the checkout, such as `./dist/file.js`. */
  readonly places: readonly string[];
}

/** Every package that is published, in the order of their folders. */
export async function publishedPackages(): Promise<PublishedPackage[]> {
  const libraries = (await readdir(join(checkout, 'packages'))).map((name) => join('packages', name));
  return Promise.all(
    [...OTHERS, ...libraries].sort().map(async (folder) => {
      const path = join(checkout, folder);
      const { name, exports, publishConfig } = JSON.parse(await readFile(join(path, 'package.json'), 'utf8'));
      const published: Record<string, string | { default: string }> = publishConfig.exports ?? exports;
      const places = Object.values(published).map((to) => (typeof to === 'string' ? to : to.default));
      return { name, folder: path, entries: Object.keys(published), places };
    }),
  );
}

/** Packs the packages as they would be published, into a new folder under `room`; the tarballs' paths, by the packages' names. */
export async function pack(
  packages: readonly PublishedPackage[],
  room: string,
): Promise<Map<string, string>> {
  const target = await mkdtemp(join(room, 'pack-'));
  const named = packages.map(({ name }) => `--filter=${name}`);
  const { stdout } = await run(
    'npm',
    [
      ...['exec', '--yes', '--package=pnpm@12.21.0', '--', 'pnpm'],
      ...[...named, 'pack', '--json', '--pack-destination', target],
    ],
    { cwd: checkout, maxBuffer: Number.POSITIVE_INFINITY },
  );
  const packed: { name: string; filename: string }[] = JSON.parse(stdout);
  const tarballs = new Map(packed.map(({ name, filename }) => [name, filename]));
  for (const { name } of packages) {
    if (!tarballs.has(name)) throw new Error(`pnpm pack left no tarball for ${name}`);
  }
  return tarballs;
}
