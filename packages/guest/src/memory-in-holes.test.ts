import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { loadCapture, scratchParent } from '@mapped-ram/fixtures';
import {
  type CountingSource,
  countingSource,
  openSnapshot,
  type RamBlock,
  type Snapshot,
} from '@mapped-ram/reader';
import { openFileSource } from '@mapped-ram/reader/file';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytePattern } from './search/pattern.js';
import { searchBlock } from './search/search-memory.js';
import { scanVmcoreinfo } from './vmcoreinfo/scan-vmcoreinfo.js';

const MIB = 2 ** 20;

describe('a file that says of 4 GiB of holes that they are pages', () => {
  let folder: string;
  let source: CountingSource;
  let snapshot: Snapshot;
  let block: RamBlock;
  beforeAll(async () => {
    folder = mkdtempSync(join(scratchParent, 'memory-in-holes-'));
    const image = await loadCapture('qemu-10.0/sparse-4g');
    const [ram] = (await openSnapshot(image)).ramBlocks;
    if (ram === undefined) throw new Error('there is no block');
    image.patch(ram.bitmapOffset, new Uint8Array(ram.pageCount / 8).fill(0xff));
    image.patch(ram.pagesOffset + 3000 * MIB, Buffer.from('needle'));
    await image.writeTo(join(folder, 'holes.mr'));
    source = countingSource(await openFileSource(join(folder, 'holes.mr')));
    snapshot = await openSnapshot(source);
    block = snapshot.ramBlocks[0] as RamBlock;
  });
  afterAll(async () => {
    await snapshot?.close();
    rmSync(folder, { recursive: true });
  });

  it('is looked through for a kernel without reading them', async () => {
    const before = source.bytesRead;
    const range = { address: 0n, block, blockOffset: 0, lengthBytes: block.usedLength };
    for await (const _ of scanVmcoreinfo(snapshot, [range])) throw new Error('there is none');
    expect(source.bytesRead - before).toBeLessThan(64 * MIB);
  });

  it('is searched without reading them', async () => {
    const before = source.bytesRead;
    const found: number[] = [];
    for await (const { blockOffset } of searchBlock(snapshot, block, bytePattern(Buffer.from('needle'))))
      found.push(blockOffset);
    expect(found).toEqual([3000 * MIB]);
    expect(source.bytesRead - before).toBeLessThan(64 * MIB);
  });
});
