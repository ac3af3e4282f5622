import { type PackageEntry, readFloors } from '../floors/floors.js';
import type { PublishedPackage } from '../publish/packages.js';

/** The entries that run in a browser, as one imports them: those that `floors.json` gives nothing of Node. */
export function browserEntries(packages: readonly PublishedPackage[]): string[] {
  const node = new Map<string, PackageEntry['node']>(
    readFloors().flatMap((floor) =>
      Object.entries(floor.packages).map(([name, entry]) => [`@mapped-ram/${name}`, entry.node] as const),
    ),
  );
  return packages.flatMap(({ name, entries, places }) => {
    const allowed = node.get(name) ?? 'yes';
    if (allowed === 'yes') return [];
    const isFree = (place: string) =>
      allowed === 'no' || !allowed.includes(place.replace('./dist/', '').replace(/js$/, 'ts'));
    return entries
      .filter((entry, at) => !entry.endsWith('.json') && isFree(places[at] as string))
      .map((entry) => name + entry.slice(1));
  });
}
