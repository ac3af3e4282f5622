import { be } from '../builder/mutation.js';
import type { BlockPlaces } from '../builder/places.js';
import { bytesOf, type Intact, type Mutator, patch } from './mutator.js';
import type { Random } from './random.js';

const PAGE_BYTES = 4096;

function blocksOf({ places }: Intact): BlockPlaces[] {
  return places.model.ramBlocks.filter(({ ignored }) => !ignored).map(({ index }) => places.block(index));
}

/** A mutator of one block that has pages. */
function ofBlock(
  name: string,
  weight: number,
  plan: (intact: Intact, block: BlockPlaces, random: Random) => ReturnType<Mutator['plan']>,
): Mutator {
  return {
    name,
    weight,
    plan(intact, random) {
      const blocks = blocksOf(intact);
      return blocks.length === 0 ? undefined : plan(intact, random.pick(blocks), random);
    },
  };
}

/** Sets or clears some bits of pages. */
function changeBits(
  intact: Intact,
  block: BlockPlaces,
  random: Random,
  set: boolean,
): ReturnType<Mutator['plan']> {
  const bitmap = bytesOf(intact, block.bitmapOffset, block.bitmapEnd);
  for (let changes = 1 + random.below(4); changes > 0; changes--) {
    const page = random.below(block.pageCount);
    const byte = bitmap[page >> 3] as number;
    const bit = 1 << (page & 7);
    bitmap[page >> 3] = set ? byte | bit : byte & ~bit;
  }
  return [patch(block.bitmapOffset, bitmap)];
}

/** A page that is in the file: bytes in the place of another one are what no save of a paused guest leaves behind. */
function pickSetPage(intact: Intact, block: BlockPlaces, random: Random): number | undefined {
  const bitmap = bytesOf(intact, block.bitmapOffset, block.bitmapEnd);
  const pages = Array.from({ length: block.pageCount }, (_, page) => page);
  const set = pages.filter((page) => ((bitmap[page >> 3] as number) >> (page & 7)) & 1);
  return set.length === 0 ? undefined : random.pick(set);
}

/** Changes of bitmaps, pages, and of what says where they are. */
export const memoryMutators: readonly Mutator[] = [
  ofBlock('bits set', 4, (intact, block, random) => changeBits(intact, block, random, true)),
  ofBlock('bits cleared', 1, (intact, block, random) => changeBits(intact, block, random, false)),
  ofBlock('bits past the last page set', 2, (_, { bitmapOffset, bitmapEnd, pageCount }, random) => {
    const end = bitmapEnd - bitmapOffset;
    const first = Math.ceil(pageCount / 8);
    return first === end ? undefined : [patch(bitmapOffset + first, random.bytes(end - first))];
  }),
  ofBlock('bitmap cleared', 2, (_, { bitmapOffset, bitmapLengthBytes }) => [
    { op: 'zero', offset: bitmapOffset, length: bitmapLengthBytes },
  ]),
  ofBlock('bitmap filled', 2, (_, { bitmapOffset, pageCount }) =>
    pageCount < 8 ? undefined : [patch(bitmapOffset, new Uint8Array(pageCount >> 3).fill(0xff))],
  ),
  ofBlock('bitmap words turned round', 1, (intact, { bitmapOffset, bitmapEnd }) => [
    patch(bitmapOffset, Buffer.from(bytesOf(intact, bitmapOffset, bitmapEnd)).swap64()),
  ]),
  ofBlock('page changed', 1, (intact, block, random) => {
    const page = pickSetPage(intact, block, random);
    if (page === undefined) return undefined;
    return [patch(block.pagesOffset + page * block.pageSize + random.below(240), random.bytes(16))];
  }),
  ofBlock('padding filled', 2, (_, { bitmapEnd, pagesOffset }, random) => {
    const room = pagesOffset - bitmapEnd;
    if (room === 0) return undefined;
    const length = Math.min(room, 1 + random.below(256));
    return [patch(bitmapEnd + random.below(room - length), random.bytes(length))];
  }),
  ofBlock('offset moved by pages', 5, (_, block, random) => {
    const pages = BigInt(random.below(64) - 32) * BigInt(PAGE_BYTES);
    return random.pick([
      [patch(block.bitmapOffsetOffset, be(8, BigInt(block.bitmapOffset) + pages))],
      [patch(block.pagesOffsetOffset, be(8, BigInt(block.pagesOffset) + pages))],
    ]);
  }),
  {
    name: 'offsets of two blocks exchanged',
    weight: 3,
    plan(intact, random) {
      const blocks = blocksOf(intact);
      if (blocks.length < 2) return undefined;
      const [a, b] = [random.pick(blocks), random.pick(blocks)];
      return random.chance(2)
        ? [
            patch(a.bitmapOffsetOffset, be(8, b.bitmapOffset)),
            patch(b.bitmapOffsetOffset, be(8, a.bitmapOffset)),
          ]
        : [
            patch(a.pagesOffsetOffset, be(8, b.pagesOffset)),
            patch(b.pagesOffsetOffset, be(8, a.pagesOffset)),
          ];
    },
  },
  ofBlock('length and total changed', 3, ({ places }, block, random) => {
    const growth = BigInt(random.below(16) - 8) * BigInt(PAGE_BYTES);
    return [
      patch(block.usedLengthOffset, be(8, BigInt(block.usedLength) + growth)),
      patch(places.memSizeOffset, be(8, (places.totalBytes + growth) | 4n)),
    ];
  }),
];
