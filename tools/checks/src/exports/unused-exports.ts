import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT_PATH, listDocuments } from '../docs/checkout.js';
import { listPackageFolders } from '../floors/manifests.js';
import { listSourceFiles } from '../floors/source-files.js';
import { type PackageExport, packageExports } from './package-exports.js';

/**
 * What packages export and nobody has a use for, a line each. There is a use where another package imports it or a document names it;
 * where it is public by its docstring (`@public`); and where what has a use is declared with it.
 */
export function unusedExports(): string[] {
  const documents = listDocuments().map(read).join('\n');
  const folders = listPackageFolders();
  return folders
    .filter((folder) => folder.startsWith('packages/'))
    .flatMap((folder) => {
      const { name } = JSON.parse(read(join(folder, 'package.json')));
      const importers = folders
        .filter((other) => other !== folder)
        .flatMap((other) => listSourceFiles(other))
        .filter(({ imports }) => imports.some((one) => one === name || one.startsWith(`${name}/`)))
        .map(({ path }) => read(path));
      const users = [documents, ...importers].join('\n');
      return uselessAmong(packageExports(folder), users).map(
        (one) => `${one.entry}: nobody uses ${one.name}: no package imports it, and no page names it`,
      );
    });
}

/**
 * Those of a package's exports that have no use.
 *
 * @param users the text of everything that may use them
 */
export function uselessAmong(exported: readonly PackageExport[], users: string): PackageExport[] {
  const words = new Set(users.match(/\w+/g));
  let useless = exported.filter(({ name, isPublic }) => !isPublic && !words.has(name));
  for (let isSettled = false; !isSettled; ) {
    const used = exported.filter((one) => !useless.includes(one)).map(({ declarations }) => declarations);
    const still = useless.filter(({ name }) => !used.some((text) => isMentioned(name, text)));
    isSettled = still.length === useless.length;
    useless = still;
  }
  return useless;
}

/** Whether declarations mention a name, besides declaring it and in what they say in words. */
function isMentioned(name: string, declarations: string): boolean {
  const code = declarations
    .replace(/\/\*\*[\s\S]*?\*\//g, '')
    .replace(new RegExp(`\\b(?:function\\*?|class|const|interface|type|enum) ${name}\\b`, 'g'), '');
  return new RegExp(`\\b${name}\\b`).test(code.replace(/^import .*$/gm, ''));
}

function read(path: string): string {
  const whole = join(CHECKOUT_PATH, path);
  return existsSync(whole) ? readFileSync(whole, 'utf8') : '';
}
