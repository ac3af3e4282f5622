import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allOrFew, loadCapture, scratchParent } from '@mapped-ram/fixtures';
import { bytePattern, type Pattern, regularExpression } from '@mapped-ram/guest';
import { openSnapshot, type RamBlock, type Snapshot } from '@mapped-ram/reader';
import { openFileSource } from '@mapped-ram/reader/file';
import { createSnapshot, layoutOf, memoryTarget } from '@mapped-ram/writer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { searchByLiteral } from './search-by-literal.js';
import type { PartMatch, SearchPart } from './search-job.js';
import { searchPart } from './search-part.js';

const MIB = 2 ** 20;
const WORDS = ['needle', 'xneedlex', 'needleneedle', 'n\0\0dle', 'needle-0123456789-needle', '\0\0needle'];
const NO_LIMIT = 1_000_000;

/** Memory with words around the ends of pages and of what channels read at once, and pages of zeros between others. */
function memory(): Buffer {
  const ram = Buffer.alloc(2 * MIB);
  let state = 7;
  const below = (end: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) % end;
  };
  for (let page = 0; page < ram.length; page += 4096) {
    if (below(3) === 0) continue;
    for (let at = page; at < page + 4096; at += 64) ram[at] = 1 + below(255);
  }
  const ends = [MIB / 2, MIB, ...Array.from({ length: 90 }, () => below(512) * 4096)];
  for (const end of ends) {
    const word = WORDS[below(WORDS.length)] as string;
    ram.write(word, Math.max(0, Math.min(ram.length - word.length, end - below(word.length + 2))), 'latin1');
  }
  return ram;
}

const MACHINES: readonly (readonly [capture: string, pageSize: number])[] = [
  ['qemu-10.0/microvm', 4096],
  ['qemu-10.0/avr', 256],
];
const TEXTS = [
  'needle',
  '\0\0needle',
  'needle\0\0',
  'n\0\0dle',
  `${'\0'.repeat(900)}needle`,
  'e',
  'not there',
];
const EXPRESSIONS = [
  ...['n[e]+dle', 'needle-\\d+-', '\\bneedle\\b', '(?<=x)needle'],
  ...['[^x]{0,300}needle', 'needle.*', '.*?dle'],
];

describe.each(allOrFew(MACHINES, MACHINES.slice(0, 1)))(
  'memory as that of %s, with pages of %i bytes',
  (capture, pageSize) => {
    let folder: string;
    let path: string;
    let snapshot: Snapshot;
    let block: RamBlock;
    beforeAll(async () => {
      folder = mkdtempSync(join(scratchParent, 'mr-literal-'));
      path = join(folder, 'guest.mr');
      const source = await loadCapture(capture);
      const layout = layoutOf(await openSnapshot(source), source);
      const index = layout.blocks.findIndex(({ idstr }) => !idstr.startsWith('/rom'));
      const ram = memory();
      const blocks = layout.blocks.map((one, at) =>
        at === index ? { ...one, usedLength: ram.length } : one,
      );
      const target = memoryTarget();
      const writer = await createSnapshot(target, { ...layout, blocks });
      await writer.writePages(index, 0, ram);
      await writer.finish();
      writeFileSync(path, target.bytes as Uint8Array);
      snapshot = await openSnapshot(await openFileSource(path));
      block = snapshot.ramBlocks[index] as RamBlock;
      expect(block.pageSize).toBe(pageSize);
    });
    afterAll(async () => {
      await snapshot.close();
      rmSync(folder, { recursive: true });
    });

    function parts(): SearchPart[] {
      const most = (9 * 4096) / pageSize;
      const all: SearchPart[] = [];
      for (let firstPage = 0; firstPage < block.pageCount; firstPage += most)
        all.push({
          blockIndex: block.index,
          firstPage,
          pageCount: Math.min(most, block.pageCount - firstPage),
        });
      return all;
    }

    /** What is found, by search part for part, and by channels. */
    async function bothWays(pattern: Pattern, channels: number, limit = NO_LIMIT) {
      const literal = pattern.literal ?? expect.fail('the pattern has no literal');
      const [whole, byLiteral]: [PartMatch[][], PartMatch[][]] = [[], []];
      const searchHere = (part: SearchPart) => searchPart(snapshot, part, pattern, limit);
      for (const part of parts()) whole.push([...(await searchHere(part)).matches]);
      const { signal } = new AbortController();
      const search = { path, channels, literal, limit, searchHere, signal };
      for await (const { matches } of searchByLiteral(snapshot, parts(), search))
        byLiteral.push([...matches]);
      return [whole, byLiteral] as const;
    }

    it.each(allOrFew(TEXTS, TEXTS.slice(0, 2)))('finds %j as who searches all of it', async (text) => {
      const [whole, byLiteral] = await bothWays(bytePattern(Buffer.from(text, 'latin1')), 3);
      expect(byLiteral).toEqual(whole);
      expect(whole.flat().length > 0).toBe(text !== 'not there');
    });

    it.each(allOrFew(EXPRESSIONS, EXPRESSIONS.slice(0, 2)))(
      'finds /%s/ as who searches all of it',
      async (source) => {
        const [whole, byLiteral] = await bothWays(regularExpression(source), 2);
        expect(byLiteral).toEqual(whole);
        expect(whole.flat().length).toBeGreaterThan(0);
      },
    );

    it('finds as many as are wanted, with one channel too', async () => {
      const [whole, byLiteral] = await bothWays(bytePattern(Buffer.from('needle')), 1, 2);
      expect(byLiteral.map((matches) => matches.slice(0, 2))).toEqual(whole);
    });
  },
);

it('takes more matches of one part than a call can have arguments', async () => {
  const match = { blockOffset: 0, lengthBytes: 1, preview: new Uint8Array() };
  const matches: PartMatch[] = Array.from({ length: 300_000 }, () => match);
  const folder = mkdtempSync(join(scratchParent, 'mr-literal-many-'));
  try {
    const path = join(folder, 'guest.mr');
    await (await loadCapture('qemu-10.0/none')).writeTo(path);
    const snapshot = await openSnapshot(await openFileSource(path));
    const [block] = snapshot.ramBlocks as readonly [RamBlock];
    const page = new Uint8Array(block.pageSize);
    await snapshot.readPages(block, 0, page);
    const byte = page.find((one) => one !== 0) ?? expect.fail('page 0 is zero');
    const literal = { bytes: Uint8Array.of(byte), anchor: 0, maxBytesBefore: 0 };
    const part = { blockIndex: 0, firstPage: 0, pageCount: block.pageCount };
    const searchHere = async () => ({ blockIndex: 0, matches, searchedBytes: 0 });
    const { signal } = new AbortController();
    const search = { path, channels: 1, literal, limit: NO_LIMIT, searchHere, signal };
    const found: number[] = [];
    for await (const one of searchByLiteral(snapshot, [part], search)) found.push(one.matches.length);
    await snapshot.close();
    expect(found[0]).toBeGreaterThanOrEqual(matches.length);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
