import { readFileSync, writeFileSync } from 'node:fs';
import { allOrFew, loadCapture } from '@mapped-ram/fixtures';
import { sealFile, verifyFile } from '@mapped-ram/pack/file';
import { memorySource, openSnapshot } from '@mapped-ram/reader';
import { expect, it } from 'vitest';
import { scratchFolder } from '../testing/scratch.js';

const inScratch = scratchFolder();
const BLOCK = 4096;

/** In as many blocks of a file at once, each a bit of its own: a block is hashed by itself. */
const FLIPS_AT_ONCE = 100;
const [FLIPS = 0] = allOrFew([10_000], [1_000]);

it(`names the page of each of ${FLIPS} flipped bits`, async () => {
  const path = inScratch('guest.mr');
  await (await loadCapture('qemu-10.0/none')).writeTo(path);
  await sealFile(path);
  const original = readFileSync(path);
  const [ram] = (await openSnapshot(memorySource(original))).ramBlocks;
  if (ram === undefined) return expect.fail('the capture has no block');
  const { pagesOffset, usedLength, pageSize, idstr } = ram;
  const blocks = Math.floor(original.length / BLOCK);
  let state = 11;
  const random = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  for (let done = 0; done < FLIPS; done += FLIPS_AT_ONCE) {
    const bytes = Buffer.from(original);
    const chosen = new Set<number>();
    // All pages, and of the others all but the headers, which tell where pages are.
    for (let at = pagesOffset; at < pagesOffset + usedLength; at += BLOCK) chosen.add(at / BLOCK);
    while (chosen.size < FLIPS_AT_ONCE) chosen.add(1 + random(blocks - 1));
    for (const block of chosen) {
      const at = block * BLOCK + random(BLOCK);
      bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << random(8)), at);
    }
    writeFileSync(path, bytes);
    const { isSame, changedBlocks, changes } = await verifyFile(path, { maxChanges: FLIPS_AT_ONCE });
    expect({ isSame, changedBlocks }).toEqual({ isSame: false, changedBlocks: FLIPS_AT_ONCE });
    const wanted = [...chosen]
      .sort((a, b) => a - b)
      .map((block) => {
        const inPages = block * BLOCK - pagesOffset;
        const place = { byteOffset: block * BLOCK, lengthBytes: BLOCK };
        if (inPages < 0 || inPages >= usedLength) return place;
        return { ...place, block: idstr, page: inPages / pageSize };
      });
    expect(changes.map(({ address: _, ...change }) => change)).toEqual(wanted);
  }
  writeFileSync(path, original);
  expect((await verifyFile(path)).isSame).toBe(true);
});
