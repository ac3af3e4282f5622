import { expect, it } from 'vitest';
import { memorySource } from '../sources/memory-source.js';
import { SourceWindow } from '../window.js';
import { iterableBodies } from './iterable-bodies.js';

/** Offset in front of the body, so that absolute and relative offsets differ. */
const BASE = 7;

function endOf(idstr: string, body: readonly number[]): Promise<number> {
  const bytes = Uint8Array.from([...Array(BASE).fill(0xee), ...body, 0x7e, 0, 0, 0, 1]);
  return iterableBodies.get(idstr)?.(new SourceWindow(memorySource(bytes)), BASE) as Promise<number>;
}

const name = (text: string) => [text.length, ...new TextEncoder().encode(text)];
const zeros = (count: number) => Array<number>(count).fill(0);

it.each([
  ['spapr/htab', 'its size alone', [0, 0, 0, 24]],
  ['spapr/htab', 'no table', [0xff, 0xff, 0xff, 0xff]],
  ['spapr/htab', 'entries', [...zeros(4), 0, 0, 0, 5, 0, 2, 0, 1, ...Array(32).fill(0xab), ...zeros(8)]],
  ['s390-storage_attributes', 'nothing', [...zeros(7), 1]],
  [
    's390-storage_attributes',
    'attributes, and that they are done',
    [...zeros(6), 0x10, 2, ...zeros(7), 3, 9, 9, 9, ...zeros(7), 8, ...zeros(7), 1],
  ],
  ['dirty-bitmap', 'nothing', [0x01]],
  [
    'dirty-bitmap',
    'a start, bits, zeroes and the end',
    [
      ...[0x1c, ...name('drive'), ...name('bitmap'), 0, 1, 0, 0, 1],
      ...[0x40, ...zeros(12), ...zeros(7), 3, 7, 7, 7],
      ...[0x42, ...zeros(12)],
      ...[0x20],
      0x01,
    ],
  ],
  ['dirty-bitmap', 'flags of two and of four bytes', [0x80, 0x20, 0x80, 0x80, 0x00, 0x01]],
])('%s with %s', async (idstr, _, body) => {
  expect(await endOf(idstr, body)).toBe(BASE + body.length);
});

it.each([
  ['spapr/htab', [...zeros(4), 0, 0, 0, 5, 0xff, 0xff, 0, 0], 'unexpected-end'],
  ['s390-storage_attributes', [...zeros(7), 0x10], 'device-state-mismatch'],
  ['s390-storage_attributes', [...zeros(7), 2, 0xff, ...zeros(7)], 'value-too-large'],
  ['dirty-bitmap', [0x40, ...zeros(12), ...zeros(4), 1, 0, 0, 0], 'unexpected-end'],
])('%s that is damaged', async (idstr, body, code) => {
  await expect(endOf(idstr, body)).rejects.toMatchObject({ code });
});
