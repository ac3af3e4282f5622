import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Something that runs JavaScript: its name with the version, and the command that a module's path is put after. */
export interface Runtime {
  readonly name: string;
  readonly command: readonly [file: string, ...args: string[]];
  /** Whether it runs TypeScript as it is. */
  readonly runsTypeScript: boolean;
}

/** A runtime that npm does not bring on this machine. */
export interface MissingRuntime {
  readonly name: string;
  readonly missing: string;
}

const ARM = process.arch === 'arm64';

/** npm's packages with a program each, which run without an install script. */
const PROGRAMS = [
  { name: 'Node 22', package: `node-linux-${process.arch}@22.23.5`, program: 'bin/node', args: [] },
  { name: 'Node 24', package: `node-linux-${process.arch}@24.21.0`, program: 'bin/node', args: [] },
  {
    name: 'Bun',
    package: `@oven/bun-linux-${ARM ? 'aarch64' : 'x64'}@1.4.5`,
    program: 'bin/bun',
    args: [],
  },
  {
    name: 'Deno',
    package: `@deno/linux-${ARM ? 'arm64' : 'x64'}-glibc@2.9.6`,
    program: 'deno',
    args: ['run', '--allow-all', '--node-modules-dir=manual'],
  },
] as const;

/** The Node that runs this, and what else npm brings into `folder`, a folder each. */
export async function installRuntimes(folder: string): Promise<(Runtime | MissingRuntime)[]> {
  const runsTypeScript = 'typescript' in process.features;
  const own: Runtime = { name: `Node ${process.versions.node}`, command: [process.execPath], runsTypeScript };
  const others = PROGRAMS.map(async ({ name, package: wanted, program, args }) => {
    const room = join(folder, name.toLowerCase().replace(' ', '-'));
    const title = `${name} (${wanted})`;
    await mkdir(room);
    await writeFile(join(room, 'package.json'), '{ "private": true }');
    try {
      await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', wanted], { cwd: room });
    } catch (error) {
      return { name: title, missing: (error as Error).message.split('\n')[1] ?? 'npm cannot install it' };
    }
    const path = join(room, 'node_modules', wanted.slice(0, wanted.lastIndexOf('@')), program);
    return { name: title, command: [path, ...args] as const, runsTypeScript: true };
  });
  return [own, ...(await Promise.all(others))];
}
