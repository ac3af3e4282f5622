import type { PagesToScan, ScannedPages } from '@mapped-ram/facts';
import { loadCapture } from '@mapped-ram/fixtures';
import { memorySource } from '@mapped-ram/reader';
import { expect, it } from 'vitest';
import { lintSource } from './lint.js';

const riff = () => memorySource(new Uint8Array(4096).fill(0x52), 'sound.wav');

it.each(['off', 'note', 'warning', 'error'] as const)(
  'the verdict is the same with a rule at %s',
  async (level) => {
    const report = await lintSource(riff(), { rules: { 'not-a-migration-stream': level } });
    expect(report.verdict).toBe('refused');
    expect(report.findings.map(({ severity }) => severity)).toEqual(level === 'off' ? [] : [level]);
  },
);

it('tells once that all pages were scanned, in a deep run', async () => {
  const source = await loadCapture('qemu-10.0/pc');
  const scanned: string[] = [];
  const scanner = {
    scan: async ({ firstPage, pageCount }: PagesToScan, onScanned: (pages: ScannedPages) => void) => {
      scanned.push('pages');
      onScanned({ firstPage, pageCount, bits: new Uint8Array(Math.ceil(pageCount / 8)) });
    },
  };
  const onScanned = () => scanned.push('all');
  await lintSource(source, { scanner, onScanned });
  expect(scanned).toEqual([]);
  await lintSource(source, { deep: true, scanner, onScanned });
  expect(scanned.indexOf('all')).toBe(scanned.length - 1);
  expect(scanned.length).toBeGreaterThan(1);
});
