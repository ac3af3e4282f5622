import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { scratchParent } from '@mapped-ram/fixtures';
import { afterAll, beforeAll } from 'vitest';

/**
 * A folder for the tests of a file.
 *
 * @param parent Where it is; in memory, where that can be, if not given.
 * @returns Gives paths in it.
 */
export function scratchFolder(parent = scratchParent): (name: string) => string {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(parent, 'pack-test-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  return (name) => join(folder, name);
}
