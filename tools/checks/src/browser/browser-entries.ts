import { type PackageEntry, readFloors } from '../floors/floors.js';
import type { PublishedPackage } from '../publish/packages.js';

/** The entries that run in a browser, as one imports them: those that `floors.json` gives nothing of Node. */
export function browserEntries(packages: readonly PublishedPackage[]): string[] {
  const node = new Map<string, PackageEntry['node']>(
    readFloors().flatMap((floor) =>
      Object.entries(floor.packages).map(([name, entry]) => [`@mapped-ram/${name}`, entry.node] as const),
    ),
  );
  return packages.flatMap(({ name, entries }) => {
    const allowed = node.get(name) ?? 'yes';
    if (allowed === 'yes') return [];
    return entries
      .filter((entry) => allowed === 'no' || !allowed.includes(`${entry.slice(2)}.ts`))
      .map((entry) => name + entry.slice(1));
  });
}
