import type { SparseImage } from '@mapped-ram/fixtures';
import type { OpeningSection, RamBlock, Section } from '@mapped-ram/reader';
import type { Random } from '../random.js';
import type { Base } from './bases.js';

/** Numbers that break arithmetic which does not expect them, and those that are nearly right. */
const EDGES = [
  ...[0n, 1n, 3n, 255n, 256n, 4096n, 8192n, 65_536n, 2n ** 20n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 36n],
  ...[2n ** 46n, 2n ** 53n - 4096n, 2n ** 53n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n],
];

/** What a name can hold that means something to whoever prints it or hands it on. */
const NASTY = [
  '\x1b[2J',
  '\n',
  ',x=',
  '../../',
  '<script>',
  '%s',
  '`id`',
  '$(id)',
  '"',
  "'",
  '\0',
  '::error::',
  '\x9b1m',
];

/** Changes an image in place and says what was done. */
type Mutation = (image: SparseImage, base: Base, random: Random) => string;

const mutations: readonly Mutation[] = [
  function changeByte(image, base, random) {
    const at = placeIn(base, random);
    const value = random.below(256);
    image.patch(clamp(at, image, 1), Uint8Array.of(value));
    return `byte ${at} is ${value}`;
  },
  function changeWord(image, base, random) {
    const at = clamp(placeIn(base, random), image, 8);
    const value = random.pick(EDGES);
    image.patch(at, be64(value));
    return `word at ${at} is ${value}`;
  },
  function changeHeaderField(image, base, random) {
    const block = pickBlock(base, random);
    if (block === undefined) return 'no block';
    const [name, at] = random.pick([
      ['usedLength', block.headerOffset - (block.guestPhysicalAddress === undefined ? 8 : 16)],
      ['pageSize', block.headerOffset + 4],
      ['bitmapOffset', block.headerOffset + 12],
      ['pagesOffset', block.headerOffset + 20],
    ] as const);
    const others = base.snapshot.ramBlocks.flatMap(({ bitmapOffset, pagesOffset, usedLength }) => [
      ...[bitmapOffset, pagesOffset, usedLength, pagesOffset + 4096],
    ]);
    const value = random.below(2) === 0 ? random.pick(EDGES) : BigInt(random.pick(others));
    image.patch(clamp(at, image, 8), be64(value));
    return `${name} of block ${block.index} is ${value}`;
  },
  function growBlock(image, base, random) {
    const block = pickBlock(base, random);
    const table = base.snapshot.sections.find(
      (section): section is OpeningSection => section.kind === 'start' && section.idstr === 'ram',
    );
    if (block === undefined || table === undefined) return 'no block';
    const lengthBytes = random.pick([2 ** 31, 2 ** 33, 2 ** 36, 2 ** 40, 2 ** 43, 2 ** 46]);
    const rest =
      base.snapshot.ramBlocks.reduce((sum, { usedLength }) => sum + usedLength, 0) - block.usedLength;
    const at = block.headerOffset - (block.guestPhysicalAddress === undefined ? 8 : 16);
    // What follows the pages moves behind the new ones, so that the stream goes on there.
    const end = block.pagesOffset + block.usedLength;
    const bits = Math.ceil(lengthBytes / block.pageSize / 8);
    const moves = random.below(2) === 0 && image.sizeBytes >= end && image.sizeBytes - end < 2 ** 24;
    const pagesOffset = Math.ceil((block.bitmapOffset + bits) / 2 ** 20) * 2 ** 20;
    if (moves && pagesOffset + lengthBytes < 2 ** 43) {
      const tail = image.bytes(end, image.sizeBytes - end);
      image.truncate(Math.min(image.sizeBytes, block.bitmapOffset));
      image.patch(pagesOffset + lengthBytes, tail);
      image.patch(block.headerOffset + 20, be64(BigInt(pagesOffset)));
      if (random.below(2) === 0 && bits <= 2 ** 20)
        image.patch(block.bitmapOffset, new Uint8Array(bits).fill(0xff));
    }
    image.patch(at, be64(BigInt(lengthBytes)));
    image.patch(table.bodyOffset, be64(BigInt(rest + lengthBytes) | 4n));
    return `block ${block.index} has ${lengthBytes} bytes${moves ? ', consistently' : ''}`;
  },
  function fillBitmap(image, base, random) {
    const block = pickBlock(base, random);
    if (block === undefined || block.ignored || block.bitmapLengthBytes > 2 ** 20) return 'no bitmap';
    const value = random.pick([0, 0xff, 0x55]);
    image.patch(block.bitmapOffset, new Uint8Array(block.bitmapLengthBytes).fill(value));
    return `bitmap of block ${block.index} is all ${value}`;
  },
  function changeSectionHeader(image, base, random) {
    const section = pickSection(base, random);
    if (section === undefined) return 'no section';
    const back = 1 + random.below(Math.max(1, Math.min(40, section.bodyOffset - section.byteOffset)));
    const value = random.below(256);
    image.patch(clamp(section.bodyOffset - back, image, 1), Uint8Array.of(value));
    return `${back} bytes before the body at ${section.bodyOffset} is ${value}`;
  },
  function changeName(image, base, random) {
    const names = namesOf(base);
    if (names.length === 0) return 'no name';
    const [at, lengthBytes] = random.pick(names);
    const text = Buffer.from(random.pick(NASTY), 'latin1').subarray(0, lengthBytes);
    image.patch(clamp(at + random.below(lengthBytes - text.length + 1), image, text.length), text);
    return `name at ${at} holds ${JSON.stringify(text.toString('latin1'))}`;
  },
  function cut(image, base, random) {
    const at = placeIn(base, random);
    image.truncate(Math.min(at, image.sizeBytes));
    return `cut to ${at}`;
  },
  function takeOut(image, base, random) {
    const at = clamp(placeIn(base, random), image, 64);
    const lengthBytes = 1 + random.below(Math.min(63, image.sizeBytes - at));
    image.remove(at, lengthBytes);
    return `${lengthBytes} bytes at ${at} removed`;
  },
  function putIn(image, base, random) {
    const at = clamp(placeIn(base, random), image, 0);
    const lengthBytes = 1 + random.below(64);
    image.insert(
      at,
      Uint8Array.from({ length: lengthBytes }, () => random.below(256)),
    );
    return `${lengthBytes} bytes put in at ${at}`;
  },
  function moveSection(image, base, random) {
    const section = pickSection(base, random);
    const other = pickSection(base, random);
    if (section === undefined || other === undefined || section.byteLength > 2 ** 20) return 'no section';
    if (section.byteOffset + section.byteLength > image.sizeBytes || other.byteOffset > image.sizeBytes)
      return 'too late';
    const bytes = image.bytes(section.byteOffset, section.byteLength);
    if (random.below(2) === 0) image.remove(section.byteOffset, section.byteLength);
    image.insert(Math.min(other.byteOffset, image.sizeBytes), bytes);
    return `section at ${section.byteOffset} moved to ${other.byteOffset}`;
  },
  function dropSection(image, base, random) {
    const section = pickSection(base, random);
    if (section === undefined || section.byteOffset + section.byteLength > image.sizeBytes)
      return 'no section';
    if (section.byteLength > 2 ** 20) return 'no small section';
    image.remove(section.byteOffset, section.byteLength);
    return `section at ${section.byteOffset} dropped`;
  },
  function changeDescription(image, base, random) {
    const { vmdescription } = base.snapshot;
    if (
      vmdescription === undefined ||
      vmdescription.byteOffset + vmdescription.byteLength > image.sizeBytes
    ) {
      return 'no description';
    }
    const text = Buffer.from(
      image.bytes(vmdescription.byteOffset + 5, vmdescription.byteLength - 5),
    ).toString('latin1');
    const numbers = [...text.matchAll(/\d+/g)];
    if (numbers.length === 0) return 'no number';
    const { index = 0, 0: old } = random.pick(numbers);
    const digits = String(random.pick([0, 1, 7, 9, 99_999, 4_294_967_295, 1e15])).padStart(old.length, ' ');
    image.patch(vmdescription.byteOffset + 5 + index, Buffer.from(digits.slice(-old.length)));
    return `a number of the description at ${index} is ${digits.slice(-old.length)}`;
  },
  function nestDescription(image, base, random) {
    const { vmdescription } = base.snapshot;
    if (vmdescription === undefined || vmdescription.byteOffset > image.sizeBytes) return 'no description';
    const count = random.pick([100, 10_000, 1_000_000]);
    const json = Buffer.from(
      `{"devices":${random.pick(['[', '{"a":', '[[],'].map((piece) => piece.repeat(count)))}`,
    );
    const length = Buffer.alloc(4);
    length.writeUInt32BE(json.length);
    image
      .truncate(vmdescription.byteOffset + 1)
      .patch(vmdescription.byteOffset + 1, Buffer.concat([length, json]));
    return `description nested ${count} deep`;
  },
  function changeVmcoreinfo(image, { guest }, random) {
    if (guest === undefined || guest.vmcoreinfo[1] > image.sizeBytes) return 'no guest';
    const [from, to] = guest.vmcoreinfo;
    const text = Buffer.from(image.bytes(from, to - from)).toString('latin1');
    const values = [...text.matchAll(/(?<==)-?[0-9a-f]+$/gm)];
    if (values.length === 0) return 'no value';
    const { index, 0: old } = random.pick(values);
    const value = random
      .pick(EDGES)
      .toString(random.pick([10, 16]))
      .padStart(old.length, '0')
      .slice(-old.length);
    image.patch(from + index, Buffer.from(value));
    return `VMCOREINFO at ${index} is ${value}`;
  },
  function changePageTable(image, { guest }, random) {
    if (guest === undefined || guest.pageTables[1] > image.sizeBytes) return 'no guest';
    const [from, to] = guest.pageTables;
    const at = from + random.below((to - from) / 8) * 8;
    // Of the entries that are in use, one leads to a table, and so do copies of it.
    const used: Uint8Array[] = [];
    for (let entry = from; entry < to; entry += 8) {
      const bytes = image.bytes(entry, 8);
      if (bytes.some((byte) => byte !== 0)) used.push(bytes);
    }
    const edge = Buffer.alloc(8);
    edge.writeBigUInt64LE(random.pick(EDGES) | 3n);
    const copies = random.pick([1, 8, 512]);
    const entry = random.pick([...used, edge]);
    for (let copy = 0; copy < copies && at + copy * 8 < to; copy++) image.patch(at + copy * 8, entry);
    return `${copies} entries of page tables at ${at - from}`;
  },
  function addHole(image, _base, random) {
    const lengthBytes = random.pick([4096, 2 ** 20, 2 ** 30, 2 ** 36]);
    image.truncate(image.sizeBytes + lengthBytes);
    return `a hole of ${lengthBytes} bytes at the end`;
  },
  function addStaleBytes(image, base, random) {
    const block = pickBlock(base, random);
    if (block === undefined || block.ignored || block.usedLength === 0) return 'no block';
    const at = block.pagesOffset + random.below(block.usedLength);
    if (at >= image.sizeBytes) return 'too late';
    image.patch(at, Uint8Array.of(1 + random.below(255)));
    return `a byte of block ${block.index} at ${at} is not zero`;
  },
];

/** Damages a base one to three times. The same random numbers make the same mutant. */
export function mutate(base: Base, random: Random): { image: SparseImage; how: string } {
  const image = base.image.clone();
  const how: string[] = [];
  // Some files are good: what commands do with those must be right too.
  const count = random.below(16) === 0 ? 0 : 1 + random.below(3);
  for (let step = 0; step < count; step++) how.push(random.pick(mutations)(image, base, random));
  return { image, how: `${base.name}: ${how.join('; ') || 'as it is'}` };
}

function pickBlock({ snapshot }: Base, random: Random): RamBlock | undefined {
  return snapshot.ramBlocks.length === 0 ? undefined : random.pick(snapshot.ramBlocks);
}

function pickSection({ snapshot }: Base, random: Random): Section | undefined {
  return snapshot.sections.length === 0 ? undefined : random.pick(snapshot.sections);
}

/** Where names are: of the machine, of capabilities, blocks and sections. */
function namesOf({ snapshot }: Base): [at: number, lengthBytes: number][] {
  const { configuration, ramBlocks, sections } = snapshot;
  const names: [number, number][] = [];
  if (configuration?.machine) names.push([configuration.byteOffset + 5, configuration.machine.length]);
  for (const { byteOffset, idstr } of ramBlocks) names.push([byteOffset + 1, idstr.length]);
  for (const section of sections) {
    if (section.kind === 'start' || section.kind === 'full')
      names.push([section.byteOffset + 6, section.idstr.length]);
  }
  return names.filter(([, lengthBytes]) => lengthBytes > 0);
}

/** An offset in the structure, each byte as likely. */
function placeIn({ structure }: Base, random: Random): number {
  const total = structure.reduce((sum, [from, to]) => sum + to - from, 0);
  let rest = random.below(total);
  for (const [from, to] of structure) {
    if (rest < to - from) return from + rest;
    rest -= to - from;
  }
  return 0;
}

/** An offset at which so many bytes are in the image, as far as that can be. */
function clamp(at: number, { sizeBytes }: SparseImage, lengthBytes: number): number {
  return Math.max(0, Math.min(at, sizeBytes - lengthBytes));
}

function be64(value: bigint): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}
