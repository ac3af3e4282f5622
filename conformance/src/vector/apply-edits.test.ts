import { SparseImage } from '@mapped-ram/fixtures';
import { expect, test } from 'vitest';
import { applyEdits } from './apply-edits.js';
import type { Edit } from './edit.js';

const image = (text: string) =>
  new SparseImage('test', text.length, [{ byteOffset: 0, bytes: Buffer.from(text, 'latin1') }]);
const textOf = (edited: SparseImage) => Buffer.from(edited.bytes(0, edited.sizeBytes)).toString('latin1');

test.each<[Edit, string]>([
  [{ op: 'patch', offset: 1, hex: '5859' }, 'aXYdef'],
  [{ op: 'patch', offset: 5, hex: '5859' }, 'abcdeXY'],
  [{ op: 'insert', offset: 2, hex: '5859' }, 'abXYcdef'],
  [{ op: 'insert-zeros', offset: 2, length: 2 }, 'ab\0\0cdef'],
  [{ op: 'copy', offset: 1, length: 2, to: 4 }, 'abcdbcef'],
  [{ op: 'copy', offset: 3, length: 3, to: 0 }, 'defabcdef'],
  [{ op: 'remove', offset: 1, length: 3 }, 'aef'],
  [{ op: 'zero', offset: 1, length: 3 }, 'a\0\0\0ef'],
  [{ op: 'truncate', size: 2 }, 'ab'],
])('%o', (edit, expected) => {
  const edited = image('abcdef');
  applyEdits(edited, [edit]);
  expect(textOf(edited)).toBe(expected);
});

test('an offset counts in what the edit before left', () => {
  const edited = image('abcdef');
  applyEdits(edited, [
    { op: 'remove', offset: 0, length: 2 },
    { op: 'patch', offset: 0, hex: '58' },
  ]);
  expect(textOf(edited)).toBe('Xdef');
});

test('inserted zeros are a hole, and so is what was zeroed', () => {
  const edited = image('abcdef');
  applyEdits(edited, [
    { op: 'insert-zeros', offset: 3, length: 1_000_000 },
    { op: 'zero', offset: 0, length: 3 },
  ]);
  expect(edited.allocatedBytes).toBe(3);
  expect(edited.sizeBytes).toBe(1_000_006);
});

test.each<Edit>([
  { op: 'remove', offset: 4, length: 3 },
  { op: 'insert', offset: 7, hex: '00' },
  { op: 'truncate', size: 7 },
])('%o does not fit', (edit) => {
  expect(() => applyEdits(image('abcdef'), [edit])).toThrow(RangeError);
});
