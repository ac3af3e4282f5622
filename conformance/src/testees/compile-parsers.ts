import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileGrammar, grammarNames } from '@mapped-ram/tool-generate';

const CACHE_PATH = fileURLToPath(new URL('../../../.cache/kaitai', import.meta.url));

/**
 * Generates the parsers of every grammar for a target of Kaitai's compiler.
 *
 * @returns the folder that they are in, the target's name, below `.cache/kaitai` of the checkout
 */
export async function compileParsers(target: string): Promise<string> {
  const folder = join(CACHE_PATH, target);
  mkdirSync(folder, { recursive: true });
  // Several testees may start at once: each file is there whole or as it was before.
  const work = mkdtempSync(join(folder, 'partial-'));
  try {
    for (const grammar of grammarNames) {
      for (const [name, code] of Object.entries(await compileGrammar(grammar, target))) {
        writeFileSync(join(work, name), code);
        renameSync(join(work, name), join(folder, name));
      }
    }
  } finally {
    rmSync(work, { recursive: true });
  }
  return folder;
}
