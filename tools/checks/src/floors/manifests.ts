import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { CHECKOUT_PATH } from '../docs/checkout.js';
import { listSourceFiles } from './source-files.js';

/** Packages that run or pack what others built. */
const RUNS_BUILT_PACKAGES: ReadonlySet<string> = new Set(['tools/bench', 'tools/checks']);

/** What a package with a bundle puts into it, so that it need not be installed. */
const BUNDLES: Readonly<Record<string, RegExp>> = {
  'packages/cli': /./,
  conformance: /\/(tool-|cli$)/,
};

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** Every package of the workspace that has code, as its folder below the checkout. */
export function listPackageFolders(): string[] {
  const below = (parent: string) =>
    readdirSync(join(CHECKOUT_PATH, parent))
      .sort()
      .map((name) => `${parent}/${name}`);
  return [...below('packages'), 'fixtures', 'conformance', ...below('tools')].filter((folder) =>
    existsSync(join(CHECKOUT_PATH, folder, 'src')),
  );
}

/** Where what a package imports, what its package.json says and what its tsconfig.json refers to differ, a line each. */
export function staleManifests(): string[] {
  const folders = listPackageFolders();
  const manifests = new Map(folders.map((folder) => [folder, readJson<Manifest>(`${folder}/package.json`)]));
  const folderOfName = new Map([...manifests].map(([folder, { name }]) => [name, folder]));
  const built = references('.');
  const unbuilt = folders.filter((folder) => !built.has(folder));
  return [
    ...unbuilt.map((folder) => `tsconfig.json: references lack ./${folder}`),
    ...folders.flatMap((folder) => faultsOf(folder, manifests.get(folder) as Manifest, folderOfName)),
  ];
}

function faultsOf(
  folder: string,
  { name, dependencies = {}, devDependencies = {} }: Manifest,
  folderOfName: ReadonlyMap<string, string>,
): string[] {
  const code = new Set<string>();
  const tests = new Set<string>();
  for (const { isTest, imports } of listSourceFiles(folder)) {
    for (const imported of imports.map(packageOf)) {
      if (imported !== name && folderOfName.has(imported)) (isTest ? tests : code).add(imported);
    }
  }
  const declared = { ...dependencies, ...devDependencies };
  const own = (names: Readonly<Record<string, string>>) =>
    Object.keys(names).filter((key) => folderOfName.has(key));
  const referred = references(folder);
  const at = `${folder}/package.json`;
  return [
    ...[...code]
      .filter(
        (key) =>
          dependencies[key] === undefined && !(key in devDependencies && BUNDLES[folder]?.test(key) === true),
      )
      .map((key) => `${at}: dependencies lack ${key}`),
    ...[...tests]
      .filter((key) => declared[key] === undefined)
      .map((key) => `${at}: devDependencies lack ${key}`),
    ...own(dependencies)
      .filter((key) => !code.has(key) && !RUNS_BUILT_PACKAGES.has(folder))
      .map((key) => `${at}: no code imports ${key}`),
    ...own(devDependencies)
      .filter((key) => !tests.has(key) && !code.has(key))
      .map((key) => `${at}: no test imports ${key}`),
    ...[...new Set([...code, ...tests])]
      .map((key) => folderOfName.get(key) as string)
      .filter((needed) => !referred.has(needed) && folder !== 'packages/format')
      .map((needed) => `${folder}/tsconfig.json: references lack ${relative(folder, needed)}`),
  ];
}

/** The folders, below the checkout, that a tsconfig.json refers to. */
function references(folder: string): ReadonlySet<string> {
  const { references: all = [] } = readJson<{ references?: { path: string }[] }>(`${folder}/tsconfig.json`);
  return new Set(all.map(({ path }) => join(folder, path)));
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(join(CHECKOUT_PATH, path), 'utf8'));
}
