import { loadCapture } from '@mapped-ram/fixtures';
import { openSnapshot, type RamBlock } from '@mapped-ram/reader';
import { describe, expect, it } from 'vitest';
import { openLinuxGuest } from '../linux-guest.js';
import { syntheticSnapshot } from '../testing/synthetic-snapshot.js';
import { AddressBook } from './address-book.js';
import { bytePattern, type Pattern, regularExpression } from './pattern.js';
import { type SearchOptions, searchBlock } from './search-memory.js';

const text = (wanted: string) => bytePattern(new TextEncoder().encode(wanted));

async function search(pattern: Pattern) {
  const { snapshot } = await syntheticSnapshot(1);
  const guest = await openLinuxGuest(snapshot);
  const book = await AddressBook.open(guest.map.ranges, guest);
  const found = [];
  for (const block of snapshot.ramBlocks) {
    for await (const match of searchBlock(snapshot, block, pattern)) {
      found.push({ ...match, ...book.find(block, match.blockOffset) });
    }
  }
  return found;
}

describe('a search of memory', () => {
  it('finds text with its addresses', async () => {
    const found = await search(text('6.0.0-synthetic'));
    expect(found.map(({ blockOffset }) => blockOffset)).toEqual([0x10_0082, 0x30_000a]);
    expect(found[0]).toMatchObject({
      physicalAddress: 0x10_0082n,
      virtualAddress: 0xffff_ffff_8010_0082n,
      lengthBytes: 15,
    });
  });

  it('finds what lies across the end of a page, and what reaches into zeros', async () => {
    const across = await search(bytePattern(Uint8Array.of(0x22, 0x22, 0x11, 0x11)));
    expect(across.length).toBeGreaterThan(0);
    expect(across.every(({ blockOffset }) => (blockOffset + 2) % 4096 === 0)).toBe(true);
    const intoZeros = await search(bytePattern(Uint8Array.of(0x22, 0, 0, 0)));
    expect(intoZeros.map(({ blockOffset }) => blockOffset)).toContain(0x0f_ffff);
    const outOfZeros = await search(bytePattern(new TextEncoder().encode('\0\0OSRELEASE')));
    expect(outOfZeros.map(({ blockOffset }) => blockOffset)).toEqual([0x2f_fffe]);
  });

  it('finds the same as a search of the whole memory where every other small page is zero', async () => {
    const image = await loadCapture('qemu-10.0/avr');
    const flash = (await openSnapshot(image)).ramBlocks[0] as RamBlock;
    image.patch(flash.bitmapOffset, new Uint8Array(flash.pageCount / 8).fill(0x55));
    const snapshot = await openSnapshot(image);
    for (const block of snapshot.ramBlocks) {
      const memory = Buffer.alloc(block.usedLength);
      for await (const batch of snapshot.pages(block)) {
        for (const { firstPage, bytes } of batch) memory.set(bytes, firstPage * block.pageSize);
      }
      // Across the borders of pages, longer than a page, and out of the zeros of one that is not stored.
      const cuts = [
        [254, 258],
        [200, 1000],
        [500, 513],
      ] as const;
      const patterns = cuts.map(([from, to]) => memory.subarray(from, to));
      for (const wanted of patterns.filter((bytes) => bytes.some((byte) => byte !== 0))) {
        const whole: number[] = [];
        for (let at = memory.indexOf(wanted); at >= 0; at = memory.indexOf(wanted, at + 1)) whole.push(at);
        const found: number[] = [];
        for await (const { blockOffset } of searchBlock(snapshot, block, bytePattern(wanted)))
          found.push(blockOffset);
        expect(found).toEqual(whole);
        expect(whole.length).toBeGreaterThan(0);
      }
    }
  });

  it('finds the same in parts of a block as in the whole, wherever it is cut', async () => {
    const { snapshot } = await syntheticSnapshot(1);
    const block = snapshot.ramBlocks[0] as RamBlock;
    const places = async (pattern: Pattern, options: SearchOptions = {}) => {
      const found: number[] = [];
      for await (const { blockOffset } of searchBlock(snapshot, block, pattern, options))
        found.push(blockOffset);
      return found;
    };
    const patterns = [
      bytePattern(Uint8Array.of(0x22, 0x22, 0x11, 0x11)),
      bytePattern(Uint8Array.of(0x22, 0, 0, 0)),
      bytePattern(new TextEncoder().encode('\0\0OSRELEASE')),
      text('6.0.0-synthetic'),
    ];
    for (const pattern of patterns) {
      const whole = await places(pattern);
      expect(whole.length).toBeGreaterThan(0);
      for (const pageCount of [256, 1000]) {
        let searchedBytes = 0;
        const parts: number[] = [];
        for (let firstPage = 0; firstPage < block.pageCount; firstPage += pageCount) {
          const part = { firstPage, pageCount: Math.min(pageCount, block.pageCount - firstPage) };
          const onSearched = (lengthBytes: number) => {
            searchedBytes += lengthBytes;
          };
          parts.push(...(await places(pattern, { ...part, onSearched })));
        }
        expect(parts).toEqual(whole);
        expect(searchedBytes).toBe((await snapshot.countSetPages(block)) * block.pageSize);
      }
    }
  });

  it('finds regular expressions over bytes, each match once', async () => {
    const found = await search(regularExpression('SYMBOL\\(init_\\w+\\)=[0-9a-f]{16}'));
    expect(found.map(({ preview }) => new TextDecoder('latin1').decode(preview).slice(0, 18))).toEqual([
      'SYMBOL(init_uts_ns',
      'SYMBOL(init_top_pg',
    ]);
    expect(await search(regularExpression('osrelease', true))).toHaveLength(1);
  });

  it.each([0x80, 0x9f, 0xe9, 0xff])(
    'takes byte %i for itself, and for no character of windows-1252',
    (byte) => {
      const bytes = Uint8Array.of(1, 2, byte, 3);
      const places = (pattern: Pattern) => {
        const found: number[] = [];
        pattern.find(bytes, 0, bytes.length, (offset) => found.push(offset));
        return found;
      };
      expect(places(regularExpression(`\\x${byte.toString(16)}`))).toEqual([2]);
      expect(places(bytePattern(Uint8Array.of(byte, 3)))).toEqual([2]);
      expect(places(bytePattern(Uint8Array.of(byte, 3, 4)))).toEqual([]);
    },
  );

  it('refuses patterns that are everywhere or nowhere', () => {
    expect(() => bytePattern(new Uint8Array(4))).toThrow(RangeError);
    expect(() => bytePattern(new Uint8Array(0))).toThrow(RangeError);
    expect(() => regularExpression('(')).toThrow(SyntaxError);
  });
});
