import * as nodeModule from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** From Node 22.1 on. */
interface CompileCaching {
  readonly enableCompileCache?: (folder: string) => unknown;
}

/**
 * Has Node keep what it compiles of the program in the user's own cache folder, so that the next start takes less. Where Node has no such
 * thing, or `NODE_DISABLE_COMPILE_CACHE` is set, nothing is done. It never throws.
 */
export function useCompileCache(): void {
  const { enableCompileCache } = nodeModule as CompileCaching;
  if (enableCompileCache === undefined) return;
  try {
    const caches = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
    // A folder that others can write to would let them say what runs.
    enableCompileCache(join(caches, 'mapped-ram/compiled'));
  } catch {
    // There is no home, and the program is compiled as ever.
  }
}
