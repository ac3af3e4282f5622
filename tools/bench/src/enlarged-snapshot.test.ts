import { loadCapture } from '@mapped-ram/fixtures';
import { lintSource } from '@mapped-ram/lint';
import { countingSource } from '@mapped-ram/reader';
import { expect, test } from 'vitest';
import { enlargeSnapshot } from './enlarged-snapshot.js';

const TEBIBYTE = 2 ** 40;

test('a quick run over 1 TiB finds it good, counts every bit and reads no page', async () => {
  const image = await enlargeSnapshot(await loadCapture('qemu-10.0/none'), TEBIBYTE, 0x55);
  const source = countingSource(image);
  const { verdict, findings, snapshot } = await lintSource(source);

  expect(verdict).toBe('restores');
  expect(findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
  const [block] = snapshot?.blocks ?? [];
  expect(block).toMatchObject({ usedLength: TEBIBYTE, pages: TEBIBYTE / 4096, setPages: TEBIBYTE / 8192 });

  expect(source.touched(block?.pagesOffset ?? 0, TEBIBYTE)).toBe(false);
  expect(source.reads).toBeGreaterThan(0);
});
