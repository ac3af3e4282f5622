import { expect, it } from 'vitest';
import { printable, printableJson } from './printable.js';

it('escapes what a terminal would act on', () => {
  expect(printable('a\u001b[31mb\u0007\n\u007f\u009b\u202e\ufeff')).toBe(
    'a\\u001b[31mb\\u0007\\u000a\\u007f\\u009b\\u202e\\ufeff',
  );
  expect(printable('half \ud800 pair')).toBe('half \\ud800 pair');
});

it('leaves other text alone, in any script', () => {
  expect(printable('0000:00:01.0/vga.vram é 雪 😀 \\')).toBe('0000:00:01.0/vga.vram é 雪 😀 \\');
});

it('writes JSON that means the same and holds no unprintable character', () => {
  const value = { 'k\u009b': ['\u0000\u202e\ud800', { a: 1 }, []] };
  const text = printableJson(value);
  expect(JSON.parse(text)).toEqual(value);
  expect(text).toMatch(/^[\n\u0020-\u007e]*\n$/);
});
