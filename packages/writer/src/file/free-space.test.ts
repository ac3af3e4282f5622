import { mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { scratchParent } from '@mapped-ram/fixtures';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkFreeSpace } from './free-space.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(scratchParent, 'free-space-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the room for a file', () => {
  it('is looked at before the file is made, by what its file system has', async () => {
    const { blocks, bsize } = statfsSync(folder);
    const path = join(folder, 'never.mr');
    await expect(checkFreeSpace(path, blocks * bsize + 1)).rejects.toMatchObject({
      code: 'write-failed',
      message: expect.stringMatching(
        /^no space left on device: the file takes \d+ bytes, and its file system has \d+$/,
      ),
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is enough for what takes none, and is not asked for where there is no folder', async () => {
    await checkFreeSpace(join(folder, 'small.mr'), 0);
    await checkFreeSpace(join(folder, 'no/folder.mr'), Number.MAX_SAFE_INTEGER);
  });
});
