import { allOrLast } from '@mapped-ram/fixtures';
import { afterAll, describe, expect, it } from 'vitest';
import { captureFolder } from '../testing/capture-folder.js';
import { expectGuarded, losableBlocks, loseBitmap } from '../testing/lost-blocks.js';
import { runMr } from '../testing/run-mr.js';

/** Two nodes; lost-blocks.all.test.ts takes them all. */
const CAPTURES = ['qemu-10.0/numa'];
const folder = captureFolder();
afterAll(() => folder.remove());

describe.each(allOrLast(await losableBlocks(CAPTURES)))(
  '$captureId without the bitmap of $idstr',
  (block) => {
    it('is called bad, is kept from being copied, and is mended', async () => {
      const path = await folder.put(block.captureId, 'lost.mr', (image) => loseBitmap(image, block));
      await expectGuarded(folder, path, block);
    });
  },
);

it('--drop-unmarked-pages gives the pages up', async () => {
  const [block] = await losableBlocks(CAPTURES);
  if (block === undefined) throw new Error('there is no block');
  const path = await folder.put(block.captureId, 'lost.mr', (image) => loseBitmap(image, block));
  expect(await runMr('copy', '--drop-unmarked-pages', path, folder.at('copy.mr'))).toMatchObject({
    status: 0,
  });
});

it('a live save in which a node became empty can be scrubbed when that is said, or marked by repair', async () => {
  const path = await folder.put('qemu-10.0/live-emptied-node', 'emptied.mr');
  const refused = await runMr('scrub', path, folder.at('scrubbed.mr'));
  expect(refused).toMatchObject({ status: 1, err: expect.stringMatching(/mr repair --mark-pages/) });
  expect(await runMr('repair', path, folder.at('marked.mr'))).toMatchObject({
    status: 1,
    err: expect.stringMatching(/--mark-pages/),
  });
  expect(await runMr('scrub', '--drop-unmarked-pages', path, folder.at('scrubbed.mr'))).toMatchObject({
    status: 0,
  });
  const { status, out } = await runMr('repair', '--mark-pages', path, folder.at('marked.mr'));
  expect(status).toBe(0);
  expect(out).toMatch(/64 pages of ram-node1/);
});
