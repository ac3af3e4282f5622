import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CHECKOUT_PATH } from './checkout.js';
import type { ReadmeExample } from './readme-examples.js';

/** As strict as a stranger's project may be. */
const OPTIONS = [
  ...['--ignoreConfig', '--noEmit', '--strict', '--noUncheckedIndexedAccess', '--skipLibCheck'],
  ...['--target', 'es2023', '--module', 'nodenext', '--types', 'node', '--typeRoots', 'node_modules/@types'],
];

/**
 * Compiles examples as TypeScript, each inside its package, so that imports find the types that are published.
 *
 * @returns What the compiler says, a line each, with the example's place in its document.
 */
export async function typeFaults(examples: readonly ReadmeExample[]): Promise<string[]> {
  const folders: string[] = [];
  const placeOf = new Map<string, string>();
  try {
    for (const { place, packageFolder, code } of examples) {
      const folder = await mkdtemp(join(CHECKOUT_PATH, packageFolder, 'dist', 'typed-example-'));
      folders.push(folder);
      const file = join(folder, 'example.mts');
      await writeFile(file, `${code}\nexport {};\n`);
      placeOf.set(file, place);
    }
    return (await compile([...placeOf.keys()])).map((line) => {
      for (const [file, place] of placeOf) {
        const path = file.slice(CHECKOUT_PATH.length);
        if (line.startsWith(path)) return `${place}${line.slice(path.length)}`;
      }
      return line;
    });
  } finally {
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  }
}

async function compile(files: readonly string[]): Promise<string[]> {
  const tsc = join(CHECKOUT_PATH, 'node_modules/.bin/tsc');
  try {
    await promisify(execFile)(tsc, [...OPTIONS, '--pretty', 'false', ...files], { cwd: CHECKOUT_PATH });
    return [];
  } catch (error) {
    const { stdout = '' } = error as { stdout?: string };
    if (stdout === '') throw error;
    return stdout.trim().split('\n');
  }
}
