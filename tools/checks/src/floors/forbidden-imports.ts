import { type Floor, folderOf, type PackageEntry } from './floors.js';
import { listSourceFiles, type SourceFile } from './source-files.js';

const SCOPE = '@mapped-ram/';

/** Imports that the table does not allow, a line each. */
export function forbiddenImports(floors: readonly Floor[], files = listSourceFiles): string[] {
  return floors.flatMap(({ packages }) =>
    Object.entries(packages).flatMap(([name, entry]) =>
      files(folderOf(name))
        .filter(({ isTest }) => !isTest)
        .flatMap((file) => faultsOf(file, name, entry)),
    ),
  );
}

function faultsOf({ path, imports }: SourceFile, name: string, entry: PackageEntry): string[] {
  const inPackage = path.slice(`${folderOf(name)}/src/`.length);
  return imports.flatMap((wanted) => {
    const fault = faultOf(wanted, inPackage, name, entry);
    return fault === undefined ? [] : [`${path} imports ${wanted}: ${fault}`];
  });
}

function faultOf(wanted: string, file: string, name: string, entry: PackageEntry): string | undefined {
  if (wanted === 'node:worker_threads' && entry.threads !== true && name !== 'conformance') {
    return `floors.json gives ${name} no threads`;
  }
  if (wanted.startsWith('node:')) {
    const may =
      entry.node === 'yes' || (entry.node !== 'no' && entry.node.some((place) => isAt(file, place)));
    return may ? undefined : `floors.json gives this file of ${name} nothing of Node`;
  }
  if (!wanted.startsWith(SCOPE)) return undefined;
  const imported = wanted.slice(SCOPE.length).split('/')[0] ?? '';
  return imported === name || entry.imports.includes(imported)
    ? undefined
    : `floors.json does not allow it for ${name}`;
}

function isAt(file: string, place: string): boolean {
  return place.endsWith('/') ? file.startsWith(place) : file === place;
}

/** Entries of the table that lead up or aside, and packages that it lacks, a line each. */
export function faultsOfTable(floors: readonly Floor[], folders: readonly string[]): string[] {
  const floorOf = new Map(
    floors.flatMap(({ packages }, at) => Object.keys(packages).map((name) => [name, at])),
  );
  const upward = floors.flatMap(({ packages }, at) =>
    Object.entries(packages).flatMap(([name, { imports }]) =>
      imports
        .filter((imported) => (floorOf.get(imported) ?? Number.POSITIVE_INFINITY) <= at)
        .map((imported) => `floors.json: ${name} may not import ${imported}, which is not below it`),
    ),
  );
  const missing = folders.filter((name) => !floorOf.has(name));
  return [...upward, ...missing.map((name) => `floors.json lacks packages/${name}`)];
}
