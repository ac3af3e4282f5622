import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const TEMPLATES = fileURLToPath(new URL('../../templates/', import.meta.url));

/** The languages that there are templates for. */
export const testeeLanguages = readdirSync(TEMPLATES).sort();

const KNOWN_FAILING =
  '# What may fail, and why, one a line: `<vector or pattern>: <reason>`. There is none.\n';

/**
 * Makes a testee that reads nothing yet, named after its folder.
 *
 * @returns The files that were made.
 * @throws RangeError where something of these names is there already, or the folder's name cannot be a testee's.
 */
export function makeNewTestee(folder: string, language: string): string[] {
  const name = basename(resolve(folder));
  if (!/^[\w.-]+$/.test(name)) throw new RangeError(`${JSON.stringify(name)} cannot be the name of a testee`);
  const template = join(TEMPLATES, language);
  const files = new Map(
    readdirSync(template).map((file) => [
      join(folder, file),
      readFileSync(join(template, file), 'utf8').replaceAll('NAME', name),
    ]),
  );
  files.set(join(folder, 'known-failing.txt'), KNOWN_FAILING);
  mkdirSync(folder, { recursive: true });
  if (readdirSync(folder).length > 0) throw new RangeError(`${folder} is not empty`);
  for (const [path, text] of files) writeFileSync(path, text, { flag: 'wx' });
  return [...files.keys()].sort();
}
