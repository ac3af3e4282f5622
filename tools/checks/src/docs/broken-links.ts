import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { CHECKOUT_PATH } from './checkout.js';
import { documentLinks, headingAnchors } from './markdown.js';
import { publishedFolderOf, REPOSITORY_FILES } from './repository.js';

/**
 * Links within the project that lead nowhere, a line each, and those out of a published package that lead nowhere once it is
 * installed. Links to other places are not looked at.
 */
export function brokenLinks(documents: readonly string[]): string[] {
  return documents.flatMap((path) =>
    documentLinks(read(path)).flatMap(({ target, lineNumber }) => {
      const fault = faultOf(path, target);
      return fault === undefined ? [] : [`${path}:${lineNumber}: ${target}: ${fault}`];
    }),
  );
}

function faultOf(document: string, target: string): string | undefined {
  const inRepository = target.startsWith(REPOSITORY_FILES);
  if (!inRepository && /^[a-z][a-z0-9+.-]*:/i.test(target)) return undefined;
  const [file = '', anchor] = (inRepository ? target.slice(REPOSITORY_FILES.length) : target).split('#', 2);
  const from = inRepository ? '.' : dirname(document);
  const path = file === '' ? document : normalize(join(from, decodeURIComponent(file)));
  if (path.startsWith('..')) return 'outside of the project';
  if (!existsSync(join(CHECKOUT_PATH, path))) return 'no such file';
  const folder = publishedFolderOf(document);
  if (!inRepository && folder !== undefined && !`${path}/`.startsWith(`${folder}/`)) {
    return `not in the package; ${REPOSITORY_FILES}${path} leads there`;
  }
  if (anchor === undefined || !path.endsWith('.md') || !statSync(join(CHECKOUT_PATH, path)).isFile())
    return undefined;
  return headingAnchors(read(path)).has(anchor) ? undefined : 'no such heading';
}

function read(path: string): string {
  return readFileSync(join(CHECKOUT_PATH, path), 'utf8');
}
