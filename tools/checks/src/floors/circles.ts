import { posix } from 'node:path';
import type { SourceFile } from './source-files.js';

/** Files that import each other in a circle, of types too: one line a circle, from the file that is met first. */
export function circles(files: readonly SourceFile[]): string[] {
  const importsOf = new Map(files.map((file) => [file.path, relativeImports(file)]));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, way: readonly string[]): void => {
    const at = way.indexOf(path);
    if (at >= 0) {
      found.push([...way.slice(at), path].join(' -> '));
      return;
    }
    if (done.has(path)) return;
    for (const next of importsOf.get(path) ?? []) visit(next, [...way, path]);
    done.add(path);
  };
  for (const { path } of files) visit(path, []);
  return found;
}

function relativeImports({ path, imports }: SourceFile): string[] {
  return imports
    .filter((name) => name.startsWith('.'))
    .map((name) => posix.join(posix.dirname(path), name).replace(/\.js$/, '.ts'));
}
