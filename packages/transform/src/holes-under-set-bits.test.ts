import { statSync } from 'node:fs';
import { loadCapture } from '@mapped-ram/fixtures';
import { bitmapLengthBytes } from '@mapped-ram/format';
import { openSnapshot, type RamBlock } from '@mapped-ram/reader';
import { openFileSource } from '@mapped-ram/reader/file';
import { beforeAll, describe, expect, it } from 'vitest';
import { convertSnapshot } from './convert/convert-snapshot.js';
import { copySnapshot } from './copy-snapshot.js';
import { type FileOperation, transformFile } from './files.js';
import { relocateSnapshot } from './relocate-snapshot.js';
import { useScratch } from './testing/scratch.js';

const MIB = 2 ** 20;
const scratch = useScratch();

/** A snapshot of 2 GiB whose bits are all set, with no more in it than a page or two: what a hostile file can be. */
let bomb = '';
beforeAll(async () => {
  const image = await loadCapture('qemu-10.0/sparse-4g');
  const block = largest((await openSnapshot(image)).ramBlocks);
  image.patch(block.bitmapOffset, new Uint8Array(bitmapLengthBytes(block.pageCount)).fill(0xff));
  bomb = scratch.path('bomb.mr');
  await image.writeTo(bomb);
});

function largest(blocks: readonly RamBlock[]): RamBlock {
  return blocks.reduce((a, b) => (a.usedLength > b.usedLength ? a : b));
}

const diskBytes = (path: string) => statSync(path).blocks * 512;

async function setPages(path: string): Promise<number[]> {
  const snapshot = await openSnapshot(await openFileSource(path));
  const counts: number[] = [];
  for (const block of snapshot.ramBlocks) counts.push(await snapshot.countSetPages(block));
  await snapshot.close();
  return counts;
}

const copies: readonly (readonly [string, FileOperation<unknown>])[] = [
  ['copy', (source, target, transport) => copySnapshot(source, target, { transport })],
  ['relocate', (source, target, transport) => relocateSnapshot(source, target, 0, { transport })],
];

describe.each(copies)('%s', (name, operation) => {
  it.each([undefined, { channels: 2 }])('keeps holes under set bits, and the bits: %j', async (channels) => {
    const output = scratch.path(`${name} ${channels?.channels ?? 0}`);
    await transformFile({ input: bomb, output, channels }, operation);
    expect(diskBytes(output)).toBeLessThan(2 * diskBytes(bomb) + MIB);
    expect(await setPages(output)).toEqual(await setPages(bomb));
  });
});

it('a stream has no page of them', async () => {
  const output = scratch.path('stream');
  await transformFile({ input: bomb, output }, (source, target) => convertSnapshot(source, target, 'stream'));
  // A record for a zero page has nine bytes.
  const pages = (await setPages(bomb)).reduce((sum, count) => sum + count, 0);
  expect(statSync(output).size).toBeLessThan(pages * 9 + 4 * diskBytes(bomb) + MIB);
});
