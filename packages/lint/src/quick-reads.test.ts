import { isGuestMemory } from '@mapped-ram/facts';
import { captureInfo, loadCapture, testedCaptures } from '@mapped-ram/fixtures';
import { type ByteSource, type CountingSource, countingSource, openSnapshot } from '@mapped-ram/reader';
import { describe, expect, it } from 'vitest';
import { lintSource } from './lint.js';
import { DEFAULT_PROBE_BYTES } from './probe-blocks.js';

/** A capture as a `Blob` or a server gives it: nothing is known of holes. */
async function withoutHoles(id: string): Promise<ByteSource> {
  const image = await loadCapture(id);
  return {
    name: id,
    sizeBytes: image.sizeBytes,
    read: (target, byteOffset) => image.read(target, byteOffset),
    close: async () => {},
  };
}

/** How much was read of the pages. */
async function pageBytesRead(id: string, source: CountingSource): Promise<number> {
  const { ramBlocks } = await openSnapshot(await loadCapture(id), { tolerant: true });
  let bytes = 0;
  for (const { pagesOffset, usedLength, ignored } of ramBlocks) {
    if (ignored) continue;
    for (const { byteOffset, byteLength } of source.spans) {
      const from = Math.max(pagesOffset, byteOffset);
      bytes += Math.max(0, Math.min(pagesOffset + usedLength, byteOffset + byteLength) - from);
    }
  }
  return bytes;
}

describe.each(testedCaptures())('%s', (id) => {
  const { streamOffset } = captureInfo(id);

  it('is judged by samples of guest memory without a set bit, and by no other page', async () => {
    const source = countingSource(await withoutHoles(id));
    const report = await lintSource(source, { streamOffset });
    const read = await pageBytesRead(id, source);
    const blocks = report.snapshot?.blocks ?? [];
    const mayBeLost = blocks.some((block) => block.setPages === 0 && isGuestMemory({ idstr: block.id }));
    expect(read).toBeLessThanOrEqual(mayBeLost ? DEFAULT_PROBE_BYTES : 0);
    expect(source.reads).toBeLessThan(40);
    const known = await lintSource(await loadCapture(id), { streamOffset });
    expect(report.verdict).toBe(known.verdict);
  });

  it('is judged by none where that is asked for', async () => {
    const source = countingSource(await withoutHoles(id));
    await lintSource(source, { streamOffset, probeBytes: 0 });
    expect(await pageBytesRead(id, source)).toBe(0);
  });
});
