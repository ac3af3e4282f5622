import type { Places } from '../builder/places.js';
import { listFields } from './fields.js';
import { bytesOf, insert, type Mutator, patch, remove } from './mutator.js';
import { listPieces } from './pieces.js';
import type { Random } from './random.js';

/** What a disk loses at once. */
const SECTOR_SIZES = [512, 4096] as const;

/** Damage that knows nothing of fields: lost ends, lost sectors, device state and description changed. */
export const fileMutators: readonly Mutator[] = [
  {
    name: 'file cut',
    weight: 8,
    plan({ places, image }, random) {
      const boundaries = [
        ...listPieces(places).flatMap(({ offset, end }) => [offset, end]),
        ...listFields(places.model).map(({ offset }) => offset),
        ...places.model.ramBlocks.flatMap(({ index }) => {
          const { bitmapOffset, bitmapEnd, pagesOffset, pagesEnd } = places.block(index);
          return [bitmapOffset, bitmapEnd, pagesOffset, pagesEnd];
        }),
      ];
      const at = random.chance(3)
        ? random.below(image.sizeBytes)
        : random.pick(boundaries) + random.below(5) - 2;
      const size = Math.min(Math.max(at, 0), image.sizeBytes - 1);
      return [{ op: 'truncate', size }];
    },
  },
  {
    name: 'sector lost',
    weight: 4,
    plan({ places, image }, random) {
      const sector = random.pick(SECTOR_SIZES);
      const near = random.pick(listFields(places.model)).offset;
      const offset = near - (near % sector);
      return [{ op: 'zero', offset, length: Math.min(sector, image.sizeBytes - offset) }];
    },
  },
  {
    name: 'bytes appended',
    weight: 1,
    plan: ({ image }, random) => [insert(image.sizeBytes, random.bytes(1 + random.below(64)))],
  },
  {
    name: 'device state byte changed',
    weight: 1,
    plan({ places }, random) {
      const at = placeInDeviceState(places, random);
      return at === undefined ? undefined : [patch(at, random.bytes(1))];
    },
  },
  {
    name: 'device state byte inserted or removed',
    weight: 4,
    plan({ places }, random) {
      const at = placeInDeviceState(places, random);
      if (at === undefined) return undefined;
      return [random.chance(2) ? insert(at, random.bytes(1)) : remove(at, at + 1)];
    },
  },
  {
    name: 'vmdescription changed',
    weight: 2,
    plan(intact, random) {
      const { vmdescription } = intact.places.model;
      if (vmdescription?.json === undefined) return undefined;
      const { byteOffset, byteLength } = vmdescription;
      const at = byteOffset + 5 + random.below(byteLength - 5);
      const [was = 0] = bytesOf(intact, at, at + 1);
      return [random.chance(2) ? patch(at, Uint8Array.of(was ^ (1 << random.below(7)))) : remove(at, at + 1)];
    },
  },
];

function placeInDeviceState({ model }: Places, random: Random): number | undefined {
  const bodies = model.sections.filter(({ kind, bodyLengthBytes }) => kind === 'full' && bodyLengthBytes > 0);
  if (bodies.length === 0) return undefined;
  const { bodyOffset, bodyLengthBytes } = random.pick(bodies);
  return bodyOffset + random.below(bodyLengthBytes);
}
