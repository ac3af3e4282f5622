import { be, concat, counted } from '../builder/mutation.js';
import { bytesOf, type Intact, insert, type Mutator, remove } from './mutator.js';
import { listPieces, listRecordBoundaries, listShortPieces } from './pieces.js';
import type { Random } from './random.js';

const EOS = be(8, 0x10);

/** Parts of the stream that are dropped, doubled, moved, or too many. */
export const pieceMutators: readonly Mutator[] = [
  {
    name: 'piece dropped',
    weight: 8,
    plan({ places }, random) {
      const { offset, end } = random.pick(listPieces(places));
      return [remove(offset, end)];
    },
  },
  {
    name: 'piece doubled',
    weight: 6,
    plan(intact, random) {
      const { offset, end } = random.pick(listShortPieces(intact.places));
      return [insert(end, bytesOf(intact, offset, end))];
    },
  },
  {
    name: 'piece moved',
    weight: 5,
    plan(intact, random) {
      const { offset, end } = random.pick(listShortPieces(intact.places));
      const to = random.pick(listRecordBoundaries(intact.places));
      if (to >= offset && to <= end) return undefined;
      return [remove(offset, end), insert(to, bytesOf(intact, offset, end))];
    },
  },
  {
    name: 'record inserted',
    weight: 6,
    plan(intact, random) {
      return [insert(random.pick(listRecordBoundaries(intact.places)), strangeRecord(intact, random))];
    },
  },
  {
    name: 'ram word inserted',
    weight: 4,
    plan({ places }, random) {
      const words = places.model.sections.flatMap((section) =>
        section.kind === 'command' ? [] : (section.ram?.words ?? []),
      );
      if (words.length === 0) return undefined;
      const { byteOffset } = random.pick(words);
      return [insert(byteOffset, be(8, random.chance(2) ? 0x10 : 1 << random.below(12)))];
    },
  },
];

function strangeRecord({ places }: Intact, random: Random): Uint8Array {
  const ramId = places.sections[0]?.sectionId ?? 0;
  return random.pick<() => Uint8Array>([
    () => command(random.below(16), random.bytes(random.below(6))),
    () => concat(Uint8Array.of(2 + random.below(2)), be(4, ramId), EOS, footer(ramId)),
    () => concat(Uint8Array.of(1 + random.below(4)), be(4, random.below(64)), EOS, footer(ramId)),
    () => concat(Uint8Array.of(4), be(4, 200), counted('nothing'), be(4, 0), be(4, 1), footer(200)),
    () => footer(ramId),
    () => random.bytes(1),
  ])();
}

function command(number: number, data: Uint8Array): Uint8Array {
  return concat(Uint8Array.of(8), be(2, number), be(2, data.length), data);
}

function footer(sectionId: number): Uint8Array {
  return concat(Uint8Array.of(0x7e), be(4, sectionId));
}
