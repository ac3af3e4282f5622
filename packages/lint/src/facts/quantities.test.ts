import { describe, expect, it } from 'vitest';
import { countText, hex, sizeText } from './quantities.js';

describe('quantities', () => {
  it('writes offsets in hexadecimal', () => {
    expect([hex(0), hex(0x1f000), hex(2n ** 63n), hex(-0x1000)]).toEqual([
      '0x0',
      '0x1f000',
      '0x8000000000000000',
      '-0x1000',
    ]);
  });

  it('adds the largest unit of which a size is a whole number', () => {
    expect(sizeText(65536)).toBe('65536 bytes (64 KiB)');
    expect(sizeText(3 * 2 ** 30)).toBe('3221225472 bytes (3 GiB)');
    expect(sizeText(2n ** 60n)).toBe('1152921504606846976 bytes (1 EiB)');
    expect([sizeText(1000), sizeText(1), sizeText(0)]).toEqual(['1000 bytes', '1 byte', '0 bytes']);
  });

  it('counts in singular and plural', () => {
    expect([countText(1, 'page'), countText(2, 'page'), countText(0n, 'page')]).toEqual([
      '1 page',
      '2 pages',
      '0 pages',
    ]);
  });
});
