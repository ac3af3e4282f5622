import { loadCapture } from '@mapped-ram/fixtures';
import { memorySource, openSnapshot, type RamBlock, type Snapshot } from '@mapped-ram/reader';
import { createSnapshot, layoutOf, memoryTarget } from '@mapped-ram/writer';
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../testing/random.js';
import { bytePattern, type Pattern, regularExpression } from './pattern.js';
import { searchBlock } from './search-memory.js';

const MIB = 2 ** 20;
/** More than is searched at once. */
const MEMORY_BYTES = 3 * MIB + 3 * 4096;

/** Memory with words at random, in front of and across the ends of pages and of what is searched at once. */
function memory(random: Random, pageSize: number): Buffer {
  const ram = Buffer.alloc(MEMORY_BYTES);
  for (let page = 0; page < ram.length; page += pageSize) {
    if (random.below(3) === 0) continue;
    for (let at = page; at < page + pageSize; at += 64) ram[at] = 1 + random.below(255);
  }
  const places = [
    ...[MIB, 2 * MIB, 2 ** 16, 2 ** 17],
    ...Array.from({ length: 80 }, () => random.below(1500) * 2048),
  ];
  for (const place of places) {
    const word = random.pick(['needle', 'xneedlex', 'abababab', 'needle-0123456789-needle']);
    ram.write(word, Math.max(0, Math.min(ram.length - word.length, place - random.below(12))), 'latin1');
  }
  // Pages that are not stored, fewer and more than a match may reach over.
  for (const [zeros, end] of [
    [1100, 700 * 2048],
    [1600, 702 * 2048],
  ] as const) {
    ram.fill(0, end - zeros, end);
    ram.write('needle', end);
  }
  return ram;
}

async function snapshotOf(capture: string, ram: Buffer): Promise<{ snapshot: Snapshot; block: RamBlock }> {
  const source = await loadCapture(capture);
  const layout = layoutOf(await openSnapshot(source), source);
  const index = layout.blocks.findIndex(({ idstr }) => !idstr.startsWith('/rom'));
  const blocks = layout.blocks.map((block, at) =>
    at === index ? { ...block, usedLength: ram.length } : block,
  );
  const target = memoryTarget();
  const writer = await createSnapshot(target, { ...layout, blocks });
  await writer.writePages(index, 0, ram);
  await writer.finish();
  const snapshot = await openSnapshot(memorySource(target.bytes as Uint8Array));
  return { snapshot, block: snapshot.ramBlocks[index] as RamBlock };
}

async function places(snapshot: Snapshot, block: RamBlock, pattern: Pattern): Promise<number[]> {
  const found: number[] = [];
  for await (const { blockOffset } of searchBlock(snapshot, block, pattern)) found.push(blockOffset);
  return found;
}

function byteByByte(ram: Buffer, wanted: string): number[] {
  const found: number[] = [];
  for (let at = ram.indexOf(wanted); at !== -1; at = ram.indexOf(wanted, at + 1)) found.push(at);
  return found;
}

describe.each([
  ['qemu-10.0/microvm', 4096],
  ['qemu-10.0/avr', 256],
] as const)('memory as that of %s, with pages of %i bytes', (capture, pageSize) => {
  const random = new Random(pageSize);
  const ram = memory(random, pageSize);
  let snapshot: Snapshot;
  let block: RamBlock;
  beforeAll(async () => {
    ({ snapshot, block } = await snapshotOf(capture, ram));
    expect(block.pageSize).toBe(pageSize);
  });

  it.each([
    'needle',
    'abab',
    '\0\0needle',
    `${'\0'.repeat(1000)}needle`,
    'needle\0\0\0',
    'e',
    'nobody wrote this',
  ])('has %j where it is, byte by byte', async (wanted) => {
    const pattern = bytePattern(Buffer.from(wanted, 'latin1'));
    expect(await places(snapshot, block, pattern)).toEqual(byteByByte(ram, wanted));
  });

  it.each(['needle', 'n[e]+dle', '(ab)+', '[a-d]{3,}', 'needle-\\d+-needle', '\\bneedle\\b', '(?<=x)needle'])(
    'has all matches of /%s/, none in another',
    async (source) => {
      const expected = [...ram.toString('latin1').matchAll(new RegExp(source, 'gs'))].map(
        ({ index }) => index,
      );
      expect(expected.length).toBeGreaterThan(0);
      expect(await places(snapshot, block, regularExpression(source))).toEqual(expected);
    },
  );
});
