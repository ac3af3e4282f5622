import { RamFlag } from '@mapped-ram/format';
import { be } from '../builder/mutation.js';
import { bytesOf, type Intact, insert, type Mutator, patch, remove } from './mutator.js';
import { strangeNumber } from './numbers.js';
import type { ClassicParts, PageRecord } from './page-records.js';
import type { Random } from './random.js';

const PAGE_BYTES = 4096n;
/** Flags lie below the size of a page. */
const FLAG_BITS = 12;

/** Changes of the block table and the pages of a classic stream. */
export function classicMutators({ records, entries, memSizeOffset, eosOffsets }: ClassicParts): Mutator[] {
  const ofRecord = (
    name: string,
    weight: number,
    plan: (intact: Intact, record: PageRecord, random: Random) => ReturnType<Mutator['plan']>,
  ): Mutator => ({
    name,
    weight,
    plan: (intact, random) => plan(intact, pickRecord(records, random), random),
  });
  const wordAt = (intact: Intact, offset: number) =>
    Buffer.from(bytesOf(intact, offset, offset + 8)).readBigUInt64BE();
  return [
    ofRecord('page moved to another address', 12, (intact, { offset }, random) => {
      const word = wordAt(intact, offset);
      const flags = word & (PAGE_BYTES - 1n);
      const address = random.chance(2)
        ? BigInt(random.below(64)) * PAGE_BYTES
        : strangeNumber(random, word - flags, 8) & ~(PAGE_BYTES - 1n);
      return [patch(offset, be(8, address | flags))];
    }),
    ofRecord('flags of a page changed', 10, (intact, { offset }, random) => {
      const word = wordAt(intact, offset);
      const flags = random.pick([
        () => word ^ (1n << BigInt(random.below(FLAG_BITS))),
        () => word ^ BigInt(RamFlag.page | RamFlag.zero),
        () => word ^ BigInt(RamFlag.continue),
        () => BigInt(random.below(1 << FLAG_BITS)),
      ])();
      return [patch(offset, be(8, (word & ~(PAGE_BYTES - 1n)) | (flags & (PAGE_BYTES - 1n))))];
    }),
    ofRecord('block name of a page changed', 5, (intact, { nameOffset }, random) => {
      if (nameOffset === undefined) return undefined;
      const [length = 0] = bytesOf(intact, nameOffset, nameOffset + 1);
      const entry = random.pick(entries);
      const other = bytesOf(intact, entry.nameOffset, entry.usedLengthOffset);
      return random.pick([
        () => [patch(nameOffset, random.bytes(1))],
        () => [patch(nameOffset + 1 + random.below(length), random.bytes(1))],
        () => [remove(nameOffset, nameOffset + 1 + length), insert(nameOffset + 1 + length, other)],
      ])();
    }),
    ofRecord('page dropped', 8, (_, { offset, end }) => [remove(offset, end)]),
    ofRecord('page doubled', 4, (intact, { offset, end }) => [insert(end, bytesOf(intact, offset, end))]),
    ofRecord('page put elsewhere', 5, (intact, { offset, end }, random) => {
      const to = pickRecord(records, random).offset;
      if (to >= offset && to <= end) return undefined;
      return [remove(offset, end), insert(to, bytesOf(intact, offset, end))];
    }),
    ofRecord('contents of a page changed', 2, (_, { contentsOffset, end }, random) => [
      patch(contentsOffset + random.below(end - contentsOffset), random.bytes(1)),
    ]),
    ofRecord('bytes of a page removed', 3, (_, { contentsOffset, end }, random) => {
      const from = contentsOffset + random.below(end - contentsOffset);
      return [remove(from, Math.min(end, from + 1 + random.below(16)))];
    }),
    ofRecord('cut in the pages', 4, (_, { offset, contentsOffset, end }, random) => [
      { op: 'truncate', size: random.pick([offset, offset + 4, contentsOffset, end - 1]) },
    ]),
    {
      name: 'word among the pages',
      weight: 5,
      plan(_, random) {
        const at = random.pick([pickRecord(records, random).offset, ...eosOffsets]);
        const word = random.pick([0x10n, 0x04n, 0x100n, 0x200n, 0x80n, BigInt(1 << random.below(FLAG_BITS))]);
        return [insert(at, be(8, word))];
      },
    },
    {
      name: 'end of the pages changed',
      weight: 3,
      plan: (intact, random) => {
        const at = random.pick(eosOffsets);
        return random.chance(2)
          ? [remove(at, at + 8)]
          : [patch(at, be(8, strangeNumber(random, wordAt(intact, at), 8)))];
      },
    },
    {
      name: 'block table changed',
      weight: 8,
      plan(intact, random) {
        const { nameOffset, usedLengthOffset } = random.pick(entries);
        const length = wordAt(intact, usedLengthOffset);
        const total = wordAt(intact, memSizeOffset);
        const growth = BigInt(random.below(16) - 8) * PAGE_BYTES;
        return random.pick([
          () => [patch(nameOffset, random.bytes(1))],
          () => [patch(nameOffset + 1 + random.below(usedLengthOffset - nameOffset - 1), random.bytes(1))],
          () => [patch(usedLengthOffset, be(8, strangeNumber(random, length, 8)))],
          () => [patch(memSizeOffset, be(8, strangeNumber(random, total, 8)))],
          () => [
            patch(usedLengthOffset, be(8, length + growth)),
            patch(memSizeOffset, be(8, total + growth)),
          ],
        ])();
      },
    },
  ];
}

function pickRecord(records: readonly PageRecord[], random: Random): PageRecord {
  // Most of a stream are its pages with contents, or its zero pages; what is rare in it is picked as often.
  const named = records.filter(({ nameOffset }) => nameOffset !== undefined);
  return random.pick(named.length > 0 && random.chance(3) ? named : records);
}
