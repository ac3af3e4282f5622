import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkout } from './packages.js';

/** Runs TypeScript's compiler with the types of Node, in a project outside the workspace. @throws Error with what it says */
export async function compile(project: string, ...args: string[]): Promise<void> {
  const tsc = join(checkout, 'node_modules/.bin/tsc');
  const types = ['--types', 'node', '--typeRoots', join(checkout, 'node_modules/@types')];
  try {
    await promisify(execFile)(tsc, [...args, ...types, '--pretty', 'false'], { cwd: project });
  } catch (error) {
    throw new Error((error as { stdout?: string }).stdout, { cause: error });
  }
}
