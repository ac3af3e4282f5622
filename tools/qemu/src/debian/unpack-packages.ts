import { readdirSync } from 'node:fs';
import { findDebianMirror, readAptSources } from './apt-sources.js';
import { type AptTree, writeAptTree } from './apt-tree.js';
import { runCommand } from './run-command.js';

/** Debian packages that are fetched together. */
export interface PackageSet {
  readonly names: readonly string[];
  /** The suites in use. The packages come from the last one; the others hold what they need. */
  readonly suites: readonly [string, ...string[]];
  /** As Debian calls it; the machine's own if not given. */
  readonly architecture?: string;
  /** Whether all that they need comes too, down to the C library. */
  readonly withDependencies: boolean;
}

/**
 * Fetches packages from the Debian mirror that the machine's own apt uses, and unpacks them, with neither root nor a change to
 * the system: apt works in a tree of its own, and no package's scripts are run.
 *
 * @param root - the folder to unpack into, an absolute path
 * @param scratch - a folder for apt's tree, an absolute path; the caller removes it
 * @returns the version of every package that was unpacked, by its name
 * @throws Error where there is no apt or no Debian mirror, or when fetching or unpacking fails
 */
export async function unpackPackages(
  set: PackageSet,
  root: string,
  scratch: string,
): Promise<ReadonlyMap<string, string>> {
  const mirror = findDebianMirror(readAptSources());
  if (mirror === undefined) throw new Error('no Debian mirror in /etc/apt');
  const tree = writeAptTree(scratch, mirror, set);
  await fetchArchives(set, tree);
  const archives = readdirSync(tree.archivesPath).filter((name) => name.endsWith('.deb'));
  for (const name of archives) await runCommand(tree.archivesPath, 'dpkg', ['-x', name, root]);
  return new Map(archives.map(nameAndVersion));
}

async function fetchArchives(set: PackageSet, { configPath, archivesPath }: AptTree): Promise<void> {
  const aptGet = (...args: string[]) => runCommand(archivesPath, 'apt-get', ['-c', configPath, ...args]);
  // `download` puts the packages where it runs, `install -d` where the configuration says; here that is one place.
  const fetch = set.withDependencies ? ['-y', '-d', 'install'] : ['download'];
  await aptGet('update');
  await aptGet('-t', set.suites.at(-1) as string, ...fetch, ...set.names);
}

/** apt names an archive `package_version_architecture.deb` and writes the version's colon as `%3a`. */
function nameAndVersion(archive: string): [name: string, version: string] {
  const [name = '', version = ''] = archive.split('_');
  return [name, decodeURIComponent(version)];
}
