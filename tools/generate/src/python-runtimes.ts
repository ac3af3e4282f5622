import { execFileSync } from 'node:child_process';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { installFolder, readInstalled, unpackPackages } from '@mapped-ram/tool-qemu/debian';
import { repositoryRoot } from './grammar.js';

/** The Python modules that generated parsers need: the Debian package of each, and what has to hold after it is imported. */
const RUNTIMES = {
  kaitaistruct: { package: 'python3-kaitaistruct', condition: 'kaitaistruct.API_VERSION >= (0, 11)' },
  construct: { package: 'python3-construct', condition: 'construct.version >= (2, 10)' },
} as const;

/** A Python module that generated parsers need. */
export type PythonRuntime = keyof typeof RUNTIMES;

const NAMES = Object.keys(RUNTIMES) as readonly PythonRuntime[];

/** The first of Debian's suites with kaitaistruct 0.11. Both packages are Python alone and run on older systems too. */
const SUITE = 'forky';

const INSTALL_PATH = join(repositoryRoot, '.cache/python');

/** Where {@link installPythonRuntimes} puts the modules. Python passes over it where it is not there. */
export const PYTHON_SITE_PATH = join(INSTALL_PATH, 'site');

/** What {@link installPythonRuntimes} did; `versions` are those of the Debian packages. */
export type PythonRuntimesResult =
  | { readonly kind: 'fetched' | 'present'; readonly versions: Readonly<Record<string, string>> }
  | { readonly kind: 'missing'; readonly reason: string };

/**
 * Brings the runtimes into `.cache/python/site` of the checkout, without a Python of their own: python3 has to be there. They count
 * as installed when python3 has imported them once.
 */
export async function installPythonRuntimes(): Promise<PythonRuntimesResult> {
  const present = readInstalled<Record<string, string>>(INSTALL_PATH);
  if (present !== undefined) return { kind: 'present', versions: present };
  try {
    return { kind: 'fetched', versions: await installFolder(INSTALL_PATH, unpackRuntimes) };
  } catch (error) {
    const names = NAMES.map((name) => RUNTIMES[name].package).join(' and ');
    return { kind: 'missing', reason: `${names} cannot be fetched: ${(error as Error).message}` };
  }
}

async function unpackRuntimes(root: string, scratch: string): Promise<Record<string, string>> {
  const names = NAMES.map((name) => RUNTIMES[name].package);
  const versions = await unpackPackages({ names, suites: [SUITE], withDependencies: false }, root, scratch);
  const site = join(root, 'site');
  renameSync(join(root, 'usr/lib/python3/dist-packages'), site);
  for (const name of NAMES) importRuntime(name, site);
  return Object.fromEntries(versions);
}

/** Whether python3 has a runtime, from {@link PYTHON_SITE_PATH} or of its own, in a version that will do. */
export function hasPythonRuntime(name: PythonRuntime): boolean {
  try {
    importRuntime(name, PYTHON_SITE_PATH);
    return true;
  } catch {
    return false;
  }
}

function importRuntime(name: PythonRuntime, site: string): void {
  runPython([site], `import ${name}; assert ${RUNTIMES[name].condition}`);
}

/**
 * Runs a program in python3.
 *
 * @param folders - where modules are looked for first
 * @returns what it prints
 * @throws Error where there is no python3 or the program fails
 */
export function runPython(folders: readonly string[], program: string, ...args: string[]): string {
  const inherited = process.env.PYTHONPATH;
  const PYTHONPATH = [...folders, ...(inherited ? [inherited] : [])].join(':');
  const env = { ...process.env, PYTHONPATH };
  return execFileSync('python3', ['-B', '-c', program, ...args], { env, encoding: 'utf8', stdio: 'pipe' });
}
