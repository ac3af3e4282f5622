import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { CHECKOUT_PATH } from './checkout.js';
import { documentLinks, headingAnchors } from './markdown.js';

/** Links within the project that lead nowhere, a line each. Links to other places are not looked at. */
export function brokenLinks(documents: readonly string[]): string[] {
  return documents.flatMap((path) =>
    documentLinks(read(path)).flatMap(({ target, lineNumber }) => {
      const fault = /^[a-z][a-z0-9+.-]*:/i.test(target) ? undefined : faultOf(path, target);
      return fault === undefined ? [] : [`${path}:${lineNumber}: ${target}: ${fault}`];
    }),
  );
}

function faultOf(document: string, target: string): string | undefined {
  const [file = '', anchor] = target.split('#', 2);
  const path = file === '' ? document : normalize(join(dirname(document), decodeURIComponent(file)));
  if (path.startsWith('..')) return 'outside of the project';
  if (!existsSync(join(CHECKOUT_PATH, path))) return 'no such file';
  if (anchor === undefined || !path.endsWith('.md') || !statSync(join(CHECKOUT_PATH, path)).isFile())
    return undefined;
  return headingAnchors(read(path)).has(anchor) ? undefined : 'no such heading';
}

function read(path: string): string {
  return readFileSync(join(CHECKOUT_PATH, path), 'utf8');
}
