import { execFile } from 'node:child_process';
import { copyFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunExample } from './example-trials.js';
import { makeProject } from './outside-project.js';
import { checkout } from './packages.js';
import type { Runtime } from './runtimes.js';

const folder = join(checkout, 'examples');

/** The names of the programs in `examples/`. */
export async function listExamples(): Promise<string[]> {
  const names = await readdir(folder);
  return names.filter((name) => name.endsWith('.ts')).map((name) => name.slice(0, -'.ts'.length));
}

/** Copies `examples/` to a new folder outside the workspace, and installs what its package.json names, from the tarballs. */
export async function copyExamples(project: string, tarballs: ReadonlyMap<string, string>): Promise<void> {
  const { dependencies } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const named = Object.keys(dependencies).map((name) => [name, tarballs.get(name) as string] as const);
  await makeProject(project, new Map(named), tarballs);
  for (const name of [...(await listExamples()).map((example) => `${example}.ts`), 'tsconfig.json']) {
    await copyFile(join(folder, name), join(project, name));
  }
}

/** How an example is run in `room`; it is compiled where the runtime needs that. An error that it tells on standard error is one. */
export function exampleRunner(
  { command: [file, ...own], runsTypeScript }: Runtime,
  project: string,
  name: string,
  room: string,
): RunExample {
  const program = join(project, runsTypeScript ? `${name}.ts` : `built/${name}.js`);
  return (...args) =>
    new Promise((resolve, reject) => {
      execFile(file, [...own, program, ...args], { cwd: room }, (error, stdout, stderr) => {
        // Deno goes on after some faults of a thread, which it tells.
        if (/Uncaught|Error/.test(stderr)) reject(new Error(stderr));
        else if (error !== null && typeof error.code !== 'number') reject(error);
        else resolve({ stdout, status: (error?.code as number | undefined) ?? 0 });
      });
    });
}
