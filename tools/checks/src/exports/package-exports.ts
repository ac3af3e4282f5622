import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CHECKOUT_PATH } from '../docs/checkout.js';

/** Something that a package lets others import. */
export interface PackageExport {
  readonly name: string;
  /** Below the checkout: the file that exports it to others. */
  readonly entry: string;
  /** The declarations of the module that it is from, as they were built. */
  readonly declarations: string;
  /** Whether it is said to be public, with `@public` in its docstring. */
  readonly isPublic: boolean;
}

const EXPORT_LIST = /export\s+(?:type\s+)?\{([^}]*)\}\s+from\s+'([^']+)'/g;
const DECLARATION =
  /export\s+(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:function\*?|class|const|interface|type|enum)\s+(\w+)/g;

/** Everything that a package exports, from all of its entries, once an entry. */
export function packageExports(folder: string): PackageExport[] {
  return Object.values(entriesOf(folder)).flatMap(({ types }) =>
    types === undefined ? [] : exportsOf(join(folder, types)),
  );
}

/** @param entry the built declarations of an entry, below the checkout */
function exportsOf(entry: string): PackageExport[] {
  const text = readText(entry);
  const listed = [...text.matchAll(EXPORT_LIST)].flatMap(([, names = '', module = '']) => {
    const declarations = readText(pathOf(module, entry));
    return names
      .split(',')
      .map((item) => item.trim().replace(/^type\s+/, ''))
      .filter((item) => item !== '')
      .map((item) => {
        const [original = '', name = original] = item.split(/\s+as\s+/);
        return { name, entry, declarations, isPublic: isPublic(declarations, original) };
      });
  });
  const declared = [...text.matchAll(DECLARATION)].map(([, name = '']) => ({
    ...{ name, entry, declarations: text, isPublic: isPublic(text, name) },
  }));
  return [...listed, ...declared];
}

/** The built declarations of a module that an entry names; '' where it is of no package here. */
function pathOf(module: string, entry: string): string {
  if (module.startsWith('.')) return join(dirname(entry), module.replace(/\.js$/, '.d.ts'));
  const [, name, subpath = ''] = /^@mapped-ram\/([^/]+)(\/.+)?$/.exec(module) ?? [];
  if (name === undefined) return '';
  const folder = join('packages', name);
  const types = entriesOf(folder)[`.${subpath}`]?.types;
  return types === undefined ? '' : join(folder, types);
}

function entriesOf(folder: string): Readonly<Record<string, { readonly types?: string }>> {
  return JSON.parse(readText(join(folder, 'package.json')) || '{}').exports ?? {};
}

function readText(path: string): string {
  const whole = join(CHECKOUT_PATH, path);
  return path !== '' && existsSync(whole) ? readFileSync(whole, 'utf8') : '';
}

/** Whether the docstring right before a declaration has `@public`. */
function isPublic(declarations: string, name: string): boolean {
  const at = declarations.search(new RegExp(`export [\\w ]*\\b${name}\\b`));
  const before = declarations.slice(0, Math.max(0, at)).trimEnd();
  return before.endsWith('*/') && before.slice(before.lastIndexOf('/**')).includes('@public');
}
