import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT_PATH } from '../docs/checkout.js';

/** A source file and what it imports. */
export interface SourceFile {
  /** Below the checkout. */
  readonly path: string;
  /** Whether it is a test, or only there for tests. */
  readonly isTest: boolean;
  /** As written: `./bitmap.js`, `@mapped-ram/reader/file`, `node:fs`. */
  readonly imports: readonly string[];
}

/** Everything that names a module: import and export from, import for its effects, a dynamic import, a type's import. */
const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*'([^'\n]+)'/g;

/** Every TypeScript file below a package's `src`. */
export function listSourceFiles(packageFolder: string): SourceFile[] {
  return readdirSync(join(CHECKOUT_PATH, packageFolder, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .sort()
    .map((path) => {
      const whole = join(packageFolder, 'src', path);
      const code = withoutComments(readFileSync(join(CHECKOUT_PATH, whole), 'utf8'));
      return {
        path: whole,
        isTest: path.endsWith('.test.ts') || path.split('/').includes('testing'),
        imports: [...code.matchAll(IMPORT)].map(([, name]) => name as string),
      };
    });
}

/** Enough for files that are formatted: no string here holds the start of a comment at the start of a line. */
function withoutComments(code: string): string {
  return code.replace(/^\s*\/\*[\s\S]*?\*\//gm, '').replace(/^\s*\/\/.*$/gm, '');
}
