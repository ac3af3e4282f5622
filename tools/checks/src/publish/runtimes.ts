import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
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

/**
 * The Node that runs this, and what else npm brings: once, to where it keeps what `npm exec` runs.
 *
 * @param folder Outside the checkout: npm would look through all that the checkout has installed first
 */
export async function installRuntimes(folder: string): Promise<(Runtime | MissingRuntime)[]> {
  const runsTypeScript = 'typescript' in process.features;
  const own: Runtime = { name: `Node ${process.versions.node}`, command: [process.execPath], runsTypeScript };
  const others = PROGRAMS.map(async ({ name, package: wanted, program, args }) => {
    const title = `${name} (${wanted})`;
    try {
      const path = join(await bring(wanted, folder), wanted.slice(0, wanted.lastIndexOf('@')), program);
      return { name: title, command: [path, ...args] as const, runsTypeScript: true };
    } catch (error) {
      return { name: title, missing: (error as Error).message.split('\n')[1] ?? 'npm cannot install it' };
    }
  });
  return [own, ...(await Promise.all(others))];
}

/** Has npm bring a package; the folder `node_modules` that it is in, whose programs npm puts first in the path of a command. */
async function bring(wanted: string, folder: string): Promise<string> {
  const { stdout } = await run(
    'npm',
    ['exec', '--yes', '--ignore-scripts', `--package=${wanted}`, '--call', 'printenv PATH'],
    { cwd: folder },
  );
  return dirname(stdout.slice(0, stdout.indexOf(':')));
}
