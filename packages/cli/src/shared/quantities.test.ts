import { expect, it } from 'vitest';
import { formatBytes, formatCount } from './quantities.js';

it.each([
  [0, 'no bytes'],
  [1, '1 byte'],
  [1023, '1,023 bytes'],
  [1024, '1 KiB'],
  [1536, '1.5 KiB'],
  [128 * 1024 ** 2, '128 MiB'],
  [5.25 * 1024 ** 3, '5.25 GiB'],
  [1024 ** 4, '1 TiB'],
  [Number.MAX_SAFE_INTEGER, '8 PiB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

it('counts', () => {
  expect([0, 1, 1234].map((count) => formatCount(count, 'note'))).toEqual([
    'no notes',
    '1 note',
    '1,234 notes',
  ]);
});
