import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The top of the checkout. */
export const CHECKOUT_PATH = fileURLToPath(new URL('../../../../', import.meta.url));

const SKIPPED_FOLDERS = new Set(['node_modules', 'dist', 'coverage']);

/** Every Markdown file of the project, as sorted paths relative to the top. */
export function listDocuments(folder = ''): string[] {
  return readdirSync(join(CHECKOUT_PATH, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.name.startsWith('.') || SKIPPED_FOLDERS.has(entry.name)) return [];
      if (entry.isDirectory()) return listDocuments(path);
      return entry.name.endsWith('.md') ? [path] : [];
    })
    .sort();
}
