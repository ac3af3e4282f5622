import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { shared, somePages } from './testing/patterns.js';
import { scratchFolder, watchForLeftovers } from './testing/scratch.js';
import { moveAll } from './testing/with-channels.js';

const inScratch = scratchFolder();
const isRoot = process.getuid?.() === 0;
if (!isRoot) console.warn('skipped, missing right: mounting a small tmpfs needs root');

const SIZE_BYTES = 4 * 1024 * 1024;

describe.skipIf(!isRoot)(
  isRoot ? 'a disk that fills up' : 'missing right: mounting a small tmpfs needs root',
  () => {
    afterEach(() => {
      execFileSync('umount', [inScratch('small')]);
    });
    const expectNoLeftovers = watchForLeftovers();
    afterEach(expectNoLeftovers);

    it('is one error with channel and place, after what fits was written', async () => {
      const folder = inScratch('small');
      mkdirSync(folder);
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_BYTES}`, 'tmpfs', folder]);
      const path = join(folder, 'file');
      writeFileSync(path, '');
      const pages = somePages(4096, 4096).fill(7);
      const moving = moveAll(
        { channels: 2, source: { memory: shared(pages) }, target: { path } },
        { pageSize: 4096, readFrom: 0, writeTo: 0, pageCount: 4096 },
      );
      const error = await moving.catch((reason: unknown) => reason);
      expect(error).toMatchObject({
        code: 'write-failed',
        byteOffset: expect.any(Number),
        cause: { code: 'ENOSPC' },
      });
      expect(error).toHaveProperty('message', expect.stringMatching(/^channel [01]: writing /));
      // What one channel could not write is a hole before what another one did.
      const written = readFileSync(path).filter((byte) => byte !== 0);
      expect(written.length).toBeGreaterThan(SIZE_BYTES / 2);
      expect(written.every((byte) => byte === 7)).toBe(true);
    });
  },
);
