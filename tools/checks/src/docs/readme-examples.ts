import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CHECKOUT_PATH } from './checkout.js';
import { codeBlocks } from './markdown.js';

/** A block of code of a README that is a whole program. */
export interface ReadmeExample {
  /** `packages/reader/README.md:12`: the block's place, relative to the top. */
  readonly place: string;
  /** The package whose dependencies the program may import, and which it may import itself. */
  readonly packageFolder: string;
  readonly code: string;
}

/** The package that depends on all others: examples of the top README run there. */
const WIDEST_PACKAGE = 'packages/cli';

/** Packages that are not in `packages/`. */
const OTHER_PACKAGES = ['conformance', 'fixtures'];

/**
 * Every `ts` block of the top README and of the packages' READMEs. They are programs as a reader would type them, in
 * the part of TypeScript that is JavaScript. What needs more than a snapshot, a QEMU or a Linux guest, stands in a `typescript` block.
 */
export function readmeExamples(): ReadmeExample[] {
  const packages = readdirSync(join(CHECKOUT_PATH, 'packages')).map((name) => join('packages', name));
  return [
    ...examplesOf('README.md', WIDEST_PACKAGE),
    ...[...packages, ...OTHER_PACKAGES].flatMap((folder) => examplesOf(join(folder, 'README.md'), folder)),
  ];
}

/** The programs of `examples/`. What is published runs them (`publish/`); here they may import what this package does. */
export function exampleFiles(): ReadmeExample[] {
  return readdirSync(join(CHECKOUT_PATH, 'examples'))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join('examples', name))
    .map((place) => ({
      place,
      packageFolder: 'tools/checks',
      code: readFileSync(join(CHECKOUT_PATH, place), 'utf8'),
    }));
}

function examplesOf(path: string, packageFolder: string): ReadmeExample[] {
  const file = join(CHECKOUT_PATH, path);
  if (!existsSync(file)) return [];
  return codeBlocks(readFileSync(file, 'utf8'))
    .filter(({ language }) => language === 'ts')
    .map(({ code, lineNumber }) => ({ place: `${path}:${lineNumber}`, packageFolder, code }));
}

/**
 * Runs an example in a folder of its own inside its package, so that imports find the built packages as they would
 * for a user. `prepare` may put files there that the example opens by name.
 *
 * @returns What it printed.
 * @throws Error with what it wrote to standard error, when it fails.
 */
export async function runExample(
  example: ReadmeExample,
  prepare: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = await mkdtemp(join(CHECKOUT_PATH, example.packageFolder, 'dist', 'readme-example-'));
  try {
    await prepare(folder);
    const program = join(folder, 'example.mjs');
    await writeFile(program, example.code);
    const { stdout } = await promisify(execFile)(process.execPath, [program, 'snapshot.mr'], {
      cwd: folder,
    });
    return stdout;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
