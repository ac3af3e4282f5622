import type { ImagePlaces } from '@mapped-ram/fixtures';
import { be } from '../builder/mutation.js';
import { bytesOf, type Intact, type Mutator, patch } from './mutator.js';
import { strangeNumber } from './numbers.js';
import type { Random } from './random.js';

/** The fields of the header that a snapshot is found or loaded by (docs/interop/qcow2.rst of QEMU). */
const HEADER_FIELDS = [
  { offset: 0, lengthBytes: 4 },
  { offset: 4, lengthBytes: 4 },
  { offset: 8, lengthBytes: 8 },
  { offset: 16, lengthBytes: 4 },
  { offset: 20, lengthBytes: 4 },
  { offset: 24, lengthBytes: 8 },
  { offset: 32, lengthBytes: 4 },
  { offset: 36, lengthBytes: 4 },
  { offset: 40, lengthBytes: 8 },
  { offset: 48, lengthBytes: 8 },
  { offset: 56, lengthBytes: 4 },
  { offset: 60, lengthBytes: 4 },
  { offset: 64, lengthBytes: 8 },
  { offset: 72, lengthBytes: 8 },
  { offset: 88, lengthBytes: 8 },
  { offset: 96, lengthBytes: 4 },
  { offset: 100, lengthBytes: 4 },
] as const;

/** Kinds of extensions of the header, the last one of nobody's, and lengths of which each is right or too long by one for some kind. */
const EXTENSIONS = [0xe2792aca, 0x6803f857, 0x0537be77, 0x23852875, 0x44415441, 0, 0x12345678] as const;
const EXTENSION_LENGTHS = [0, 1, 8, 15, 16, 23, 24, 25, 48, 4096, 65_535, 0xffff_ffff] as const;

/** Where the header gives its own length, and the features that say that its bitmaps count. */
const HEADER_LENGTH_OFFSET = 100;
const AUTOCLEAR_OFFSET = 88;

/** Those of them that are offsets of tables. */
const TABLE_OFFSETS = [40, 48, 64] as const;

/** Where the header says that the table of the reference counts lies, and the bytes of a count. */
const REFERENCES_OFFSET = 48;
const COUNT_BYTES = 2;

/** Bytes of a snapshot's entry, of those that are built: of the same length each. */
const ENTRY_BYTES = 72;

/** Those of a snapshot's entry: its table, its names, the VM state's length, extra data. */
const ENTRY_FIELDS = [
  { offset: 0, lengthBytes: 8 },
  { offset: 8, lengthBytes: 4 },
  { offset: 12, lengthBytes: 2 },
  { offset: 14, lengthBytes: 2 },
  { offset: 32, lengthBytes: 4 },
  { offset: 36, lengthBytes: 4 },
  { offset: 40, lengthBytes: 8 },
  { offset: 48, lengthBytes: 8 },
] as const;

/** Changes of a disk image with one snapshot: header, table of snapshots, tables of level 1 and 2. */
export function diskMutators(places: ImagePlaces, clusterBits: number): Mutator[] {
  const [l1Offset = 0] = places.l1Offsets;
  const [l2Offsets = []] = places.l2Offsets;
  const clusterBytes = 2 ** clusterBits;
  const entryOf = (offsets: readonly number[], intact: Intact, random: Random) => {
    // An entry that leads somewhere, more often than one that does not.
    const used = offsets.filter((offset) => numberAt(intact, offset, 8) !== 0n);
    return random.pick(used.length > 0 && !random.chance(4) ? used : offsets);
  };
  const listed = (first: number, count: number) =>
    Array.from({ length: count }, (_, index) => first + index * 8);
  // The tables of the disk itself are not read: whether they are sound tells qemu-img check.
  const l1 = listed(l1Offset + places.stateEntry * 8, l2Offsets.length);
  const l2 = l2Offsets.flatMap((offset) => listed(offset, clusterBytes / 8));
  return [
    {
      name: 'header of the disk changed',
      weight: 6,
      plan: (intact, random) => [changed(intact, random.pick(HEADER_FIELDS), random)],
    },
    {
      name: 'extension of the header added',
      weight: 4,
      plan(intact, random) {
        const isV3 = numberAt(intact, 4, 4) === 3n;
        const at = isV3 ? Number(numberAt(intact, HEADER_LENGTH_OFFSET, 4)) : 72;
        const lengthBytes = random.pick(EXTENSION_LENGTHS);
        const head = Buffer.concat([be(4, BigInt(random.pick(EXTENSIONS))), be(4, BigInt(lengthBytes))]);
        const fields = [
          be(4, BigInt(random.pick([0, 1, 2, 65_535, 65_536]))),
          be(4, BigInt(random.pick([0, 0, 0, 1]))),
          be(8, BigInt(random.pick([0, 32, 65_535 * 1024, 65_535 * 1024 + 1]))),
          be(8, BigInt(random.pick([0, clusterBytes, 4 * clusterBytes, 512, 1]))),
        ];
        const counts = isV3 && random.chance(2) ? [patch(AUTOCLEAR_OFFSET, be(8, 1n))] : [];
        return [patch(at, Buffer.concat([head, ...fields])), ...counts];
      },
    },
    {
      name: 'table of the disk moved',
      weight: 4,
      plan(intact, random) {
        const clusters = Math.ceil(intact.image.sizeBytes / clusterBytes);
        const at = random.pick([...TABLE_OFFSETS, places.snapshotsOffset]);
        return [patch(at, be(8, BigInt(random.below(clusters + 2) * clusterBytes)))];
      },
    },
    {
      name: 'reference count changed',
      weight: 8,
      plan(intact, random) {
        const table = Number(numberAt(intact, REFERENCES_OFFSET, 8));
        const block = Number(numberAt(intact, table, 8));
        const counted = Math.min(
          Math.ceil(intact.image.sizeBytes / clusterBytes),
          clusterBytes / COUNT_BYTES,
        );
        const at = block + random.below(counted) * COUNT_BYTES;
        return [patch(at, be(COUNT_BYTES, BigInt(random.pick([0, 0, 2, 0x7fff, 0xffff]))))];
      },
    },
    {
      name: 'entry of the snapshot changed',
      weight: 10,
      plan: (intact, random) => {
        const { offset, lengthBytes } = random.pick(ENTRY_FIELDS);
        const entry = places.snapshotsOffset + random.below(places.l1Offsets.length) * ENTRY_BYTES;
        return [changed(intact, { offset: entry + offset, lengthBytes }, random)];
      },
    },
    {
      name: 'entry of level 1 changed',
      weight: 6,
      plan: (intact, random) => [entryChange(intact, entryOf(l1, intact, random), clusterBytes, random)],
    },
    {
      name: 'entry of level 2 changed',
      weight: 10,
      plan: (intact, random) => [entryChange(intact, entryOf(l2, intact, random), clusterBytes, random)],
    },
    {
      name: 'two entries of level 2 exchanged',
      weight: 4,
      plan(intact, random) {
        const [a, b] = [entryOf(l2, intact, random), entryOf(l2, intact, random)];
        if (a === b) return undefined;
        return [patch(a, bytesOf(intact, b, b + 8)), patch(b, bytesOf(intact, a, a + 8))];
      },
    },
    {
      name: 'disk cut',
      weight: 4,
      plan: ({ image }, random) => [{ op: 'truncate', size: random.below(image.sizeBytes) }],
    },
  ];
}

/** An entry with another offset or other flags. */
function entryChange(intact: Intact, offset: number, clusterBytes: number, random: Random) {
  const was = numberAt(intact, offset, 8);
  const cluster = BigInt(clusterBytes);
  const clusters = Math.ceil(intact.image.sizeBytes / clusterBytes);
  const value = random.pick([
    () => 0n,
    () => was ^ (1n << 63n),
    () => was ^ (1n << 62n),
    () => was ^ 1n,
    () => was ^ (1n << BigInt(random.below(64))),
    () => was + cluster,
    () => was - cluster,
    () => (was & (3n << 62n)) | (BigInt(random.below(clusters + 2)) * cluster),
    () => strangeNumber(random, was, 8),
  ])();
  return patch(offset, be(8, BigInt.asUintN(64, value)));
}

function changed(
  intact: Intact,
  { offset, lengthBytes }: { offset: number; lengthBytes: number },
  random: Random,
) {
  const was = numberAt(intact, offset, lengthBytes);
  return patch(offset, be(lengthBytes, strangeNumber(random, was, lengthBytes)));
}

function numberAt(intact: Intact, offset: number, lengthBytes: number): bigint {
  return BigInt(`0x${Buffer.from(bytesOf(intact, offset, offset + lengthBytes)).toString('hex')}`);
}
