import { describe, expect, it } from 'vitest';
import { parseSize } from './size-syntax.js';

describe('parseSize', () => {
  it.each([
    ['0', 0],
    ['4096', 4096],
    ['00010', 10],
    ['0x1000', 4096],
    ['0XfF', 255],
    ['0x4b', 0x4b],
    ['0x1e', 0x1e],
    ['7b', 7],
    ['4k', 4096],
    ['4K', 4096],
    ['1M', 1024 ** 2],
    ['2g', 2 * 1024 ** 3],
    ['3T', 3 * 1024 ** 4],
    ['7p', 7 * 1024 ** 5],
    ['0.001e', 1_152_921_504_606_847],
    ['1.5k', 1536],
    ['.5k', 512],
    ['1.k', 1024],
    ['1.', 1],
    ['1.0', 1],
    ['1.00b', 1],
    ['0.0005k', 1],
    ['0.0004k', 0],
    [' +4k', 4096],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
  ])('reads %j as %d', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each([
    '',
    ' ',
    '.',
    'k',
    '.k',
    '+',
    '-1',
    '--1',
    '4KiB',
    '4kb',
    '1e3',
    '1.5e3',
    '0x',
    '0x4k',
    '0x1.8',
    '1.5',
    '1.5b',
    '4 k',
    '4k ',
    '1,5k',
    'inf',
    'NaN',
    '٣',
  ])('refuses %j', (text) => {
    expect(() => parseSize(text)).toThrow(new RangeError(`not a size: ${JSON.stringify(text)}`));
  });

  it.each(['9007199254740992', '8p', '1e', '0xffffffffffffffffff'])('refuses %j as too large', (text) => {
    expect(() => parseSize(text)).toThrow(RangeError);
    expect(() => parseSize(text)).toThrow('2^53 - 1');
  });
});
