import { isPageSize, Limits } from '@mapped-ram/format';
import { describe, expect, it } from 'vitest';
import { openSnapshot } from '../snapshot.js';
import { memorySource } from '../sources/memory-source.js';

const be = (lengthBytes: number, value: number) => {
  const bytes = Buffer.alloc(lengthBytes);
  bytes.writeUIntBE(value, Math.max(0, lengthBytes - 6), Math.min(6, lengthBytes));
  return bytes;
};
const name = (text: string) => Buffer.concat([be(1, text.length), Buffer.from(text)]);
const times = (count: number, one: Uint8Array) => new Array<Uint8Array>(count).fill(one);

const HEADER = Buffer.concat([Buffer.from('QEVM'), be(4, 3)]);
const END = be(1, 0);

const machine = (lengthBytes: number) => [be(1, 7), be(4, lengthBytes), Buffer.alloc(lengthBytes, 'm')];

const capabilities = (...names: readonly string[]) =>
  Buffer.concat([
    ...[be(1, 5), name('configuration/capabilities'), be(4, 1), be(4, names.length)],
    ...names.map(name),
  ]);

const ramSection = (...body: readonly Uint8Array[]) => [
  ...[be(1, 1), be(4, 1), name('ram'), be(4, 0), be(4, 4)],
  ...body,
  ...[be(8, 0x10), be(1, 0x7e), be(4, 1)],
];

const PAGE = 256;
const ENTRY = [name('r'), be(8, PAGE)];

/** Blocks of a page each, one behind the other: entry, header, bitmap, page. */
function blocks(count: number, startOffset: number): Uint8Array[] {
  const entryBytes = 2 + 8 + 32 + 8 + PAGE - 4;
  return Array.from({ length: count }, (_, index) => {
    const bitmapOffset = startOffset + index * entryBytes + 2 + 8 + 28;
    const header = [be(4, 1), be(8, PAGE), be(8, bitmapOffset), be(8, bitmapOffset + 8)];
    return Buffer.concat([...ENTRY, ...header, be(8, 0), Buffer.alloc(PAGE)]);
  });
}

async function codesOf(...parts: readonly Uint8Array[]): Promise<string[]> {
  const { problems } = await openSnapshot(memorySource(Buffer.concat([HEADER, ...parts])), {
    tolerant: true,
  });
  return problems.map(({ error }) => error.code);
}

function ramBlocks(count: number): Uint8Array[] {
  const start = [...machine(1), capabilities('mapped-ram')];
  const words = [be(1, 1), be(4, 1), name('ram'), be(4, 0), be(4, 4), be(8, count * PAGE + 4)];
  const before = Buffer.concat([HEADER, ...start, ...words]).length;
  return [...start, ...ramSection(be(8, count * PAGE + 4), ...blocks(count, before)), END];
}

/** A stream that goes to a limit. */
const STREAMS: Readonly<Partial<Record<keyof typeof Limits, (count: number) => readonly Uint8Array[]>>> = {
  machineNameLengthBytes: (count) => [...machine(count), END],
  capabilities: (count) => [...machine(1), capabilities(...new Array<string>(count).fill('c')), END],
  configurationSubsections: (count) => [...machine(1), ...times(count, capabilities()), END],
  sections: (count) => [...machine(1), ...times(count, Buffer.concat([be(1, 8), be(2, 3), be(2, 0)])), END],
  ramBlocks,
  ramWords: (count) => [
    ...[...machine(1), capabilities('mapped-ram')],
    ...[...ramSection(...times(count - 1, be(8, 4))), END],
  ],
  vmdescriptionLengthBytes(count) {
    const json = '{"page_size": 4096, "devices": []}'.padEnd(count);
    return [...machine(1), END, be(1, 6), be(4, count), Buffer.from(json)];
  },
};

describe.each(Object.entries(STREAMS))('the limit %s', (limit, stream) => {
  const count = Limits[limit as keyof typeof Limits];

  it('is reached', async () => {
    expect(await codesOf(...stream(count))).toEqual([]);
  });

  it('is passed', async () => {
    expect(await codesOf(...stream(count + 1))).toContain('limit-exceeded');
  });
});

it('has pages between the limits alone', () => {
  const { minPageSizeBytes: min, maxPageSizeBytes: max } = Limits;
  expect([min / 2, min, max, max * 2].map(isPageSize)).toEqual([false, true, true, false]);
});

it('has a stream for every limit, but for those that have a test in another place', () => {
  const elsewhere = ['idstrLengthBytes', 'minPageSizeBytes', 'maxPageSizeBytes'];
  expect([...Object.keys(STREAMS), ...elsewhere].sort()).toEqual(Object.keys(Limits).sort());
});
