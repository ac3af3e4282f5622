import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { patternImage } from './pattern.js';

const MIB = 1024 * 1024;

const unitHashes = (sizeBytes: number, seed: number): string[] => {
  const image = patternImage(sizeBytes, seed);
  const hashes: string[] = [];
  for (let at = 0; at < sizeBytes; at += 4096) {
    const unit = image.bytes(at, 4096);
    if (unit.some((byte) => byte !== 0)) hashes.push(createHash('sha256').update(unit).digest('hex'));
  }
  return hashes;
};

test('no two pages of a machine have the same content', () => {
  const hashes = [...unitHashes(16 * MIB, 0), ...unitHashes(16 * MIB, 1)];
  expect(hashes).toHaveLength(600);
  expect(new Set(hashes).size).toBe(600);
});

test('both ends and the edges of a bitmap word are used, and at least half is zero', () => {
  const offsets = patternImage(2 * MIB, 0).extents.map(({ byteOffset }) => byteOffset / 4096);
  expect(offsets).toEqual(expect.arrayContaining([0, 62, 63, 64, 65, 510, 511]));
  expect(offsets.length).toBeLessThanOrEqual(256);
});

test('halves, quarters and the whole of a page differ, so that a shift shows', () => {
  const page = patternImage(64 * 1024, 0).bytes(0, 4096);
  expect(page.subarray(0, 2048)).not.toEqual(page.subarray(2048));
});

test('it compresses to a few dozen bytes a page', () => {
  const image = patternImage(16 * MIB, 0);
  const bytes = Buffer.concat(image.extents.map((extent) => extent.bytes));
  expect(gzipSync(bytes, { level: 9 }).length / image.extents.length).toBeLessThan(80);
});

test('it is the same every time', () => {
  expect(patternImage(MIB, 3).sha256()).toBe(patternImage(MIB, 3).sha256());
  expect(patternImage(MIB, 3).sha256()).not.toBe(patternImage(MIB, 4).sha256());
});
