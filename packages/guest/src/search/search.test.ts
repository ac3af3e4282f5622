import { describe, expect, it } from 'vitest';
import { openLinuxGuest } from '../linux-guest.js';
import { syntheticSnapshot } from '../testing/synthetic-snapshot.js';
import { AddressBook } from './address-book.js';
import { bytePattern, type Pattern, regularExpression } from './pattern.js';
import { searchBlock } from './search-memory.js';

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

  it('finds regular expressions over bytes, each match once', async () => {
    const found = await search(regularExpression('SYMBOL\\(init_\\w+\\)=[0-9a-f]{16}'));
    expect(found.map(({ preview }) => new TextDecoder('latin1').decode(preview).slice(0, 18))).toEqual([
      'SYMBOL(init_uts_ns',
      'SYMBOL(init_top_pg',
    ]);
    expect(await search(regularExpression('osrelease', true))).toHaveLength(1);
  });

  it('refuses patterns that are everywhere or nowhere', () => {
    expect(() => bytePattern(new Uint8Array(4))).toThrow(RangeError);
    expect(() => bytePattern(new Uint8Array(0))).toThrow(RangeError);
    expect(() => regularExpression('(')).toThrow(SyntaxError);
  });
});
