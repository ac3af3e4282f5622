import { loadCapture } from '@mapped-ram/fixtures';
import { MappedRamError } from '@mapped-ram/format';
import { memorySource, openSnapshot } from '@mapped-ram/reader';
import { describe, expect, it } from 'vitest';
import { describeSnapshot, type SnapshotDescription } from './describe-snapshot.js';
import { layoutOf } from './layout-of.js';
import { type MemoryTarget, memoryTarget } from './memory-target.js';
import type { PlacedBlock } from './placement.js';
import { createSnapshot, type SnapshotWriter, type WriterOptions } from './snapshot-writer.js';

const PAGE = 4096;
const block = (pages: number, more = {}) => ({
  idstr: 'ram',
  usedLength: pages * PAGE,
  pageSize: PAGE,
  ...more,
});

/** Pages filled with a number each. */
function pages(...fills: number[]): Uint8Array {
  const bytes = new Uint8Array(fills.length * PAGE);
  for (const [index, fill] of fills.entries()) bytes.fill(fill, index * PAGE, (index + 1) * PAGE);
  return bytes;
}

async function write(
  description: Partial<SnapshotDescription>,
  fill: (writer: SnapshotWriter, target: MemoryTarget) => Promise<unknown>,
  options?: WriterOptions,
) {
  const target = memoryTarget();
  const layout = describeSnapshot({ machine: 'none', blocks: [block(64)], ...description });
  const writer = await createSnapshot(target, layout, options);
  await fill(writer, target);
  const written = await writer.finish();
  return { target, written, ...(await reopen(target, description.streamOffset)) };
}

async function reopen({ bytes }: MemoryTarget, streamOffset = 0) {
  if (bytes === undefined) throw new Error('not committed');
  const snapshot = await openSnapshot(memorySource(bytes), { streamOffset });
  /** The first byte of each page. */
  const firstBytes = async (index = 0) => {
    const ramBlock = snapshot.ramBlocks[index];
    if (ramBlock === undefined) throw new Error(`no block ${index}`);
    const memory = new Uint8Array(ramBlock.usedLength);
    await snapshot.readPages(ramBlock, 0, memory);
    return Array.from({ length: ramBlock.pageCount }, (_, page) => memory[page * ramBlock.pageSize]);
  };
  return { snapshot, firstBytes, bytes };
}

describe('pages', () => {
  it('go to their place in any order', async () => {
    const { firstBytes, written } = await write({ blocks: [block(8)] }, async (writer) => {
      await writer.writePages(0, 6, pages(7, 8));
      await writer.writePages(0, 0, pages(1, 2, 3));
    });
    expect(await firstBytes()).toEqual([1, 2, 3, 0, 0, 0, 7, 8]);
    expect(written.setPages).toEqual([5]);
  });

  it('may be written again: the last one counts, and the file does not grow', async () => {
    const once = await write({}, (writer) => writer.writePages(0, 0, pages(1, 1)));
    const often = await write({}, async (writer) => {
      for (let fill = 1; fill <= 200; fill++) {
        void writer.writePages(0, 0, pages(fill, fill));
        await writer.round();
      }
    });
    expect((await often.firstBytes()).slice(0, 3)).toEqual([200, 200, 0]);
    expect(often.bytes.length).toBe(once.bytes.length);
  });

  it('that become zero lose bit and bytes', async () => {
    const { firstBytes, written, bytes, snapshot } = await write({}, async (writer) => {
      await writer.writePages(0, 0, pages(1, 2, 3, 4));
      await writer.round();
      await writer.writePages(0, 0, pages(0, 2, 0, 4));
      await writer.clearPages(0, 3, 1);
    });
    expect((await firstBytes()).slice(0, 4)).toEqual([0, 2, 0, 0]);
    expect(written.setPages).toEqual([1]);
    const at = snapshot.ramBlocks[0]?.pagesOffset ?? 0;
    const stale = bytes.subarray(at + 2 * PAGE, at + 4 * PAGE);
    expect(stale.every((byte) => byte === 0)).toBe(true);
  });

  it('that are zero are stored where nobody looks for zeros', async () => {
    const { written } = await write({}, (writer) => writer.writePages(0, 3, pages(0, 0, 5)), {
      detectZeroPages: false,
    });
    expect(written.setPages).toEqual([3]);
  });

  it.each([
    ['a bitmap', Uint8Array.of(0b110, 0, 0, 0, 0, 0, 0, 0)],
    ['a function', (page: number) => page === 1 || page === 2],
  ])('that the guest does not use are left out, by %s', async (_what, free) => {
    for (const detectZeroPages of [true, false]) {
      const { firstBytes, written } = await write(
        {},
        (writer) => writer.writePages(0, 0, pages(1, 2, 3, 4)),
        {
          freePages: [free],
          detectZeroPages,
        },
      );
      expect((await firstBytes()).slice(0, 4)).toEqual([1, 0, 0, 4]);
      expect(written.setPages).toEqual([2]);
    }
  });

  it.each([256, 1024, 0x10000])('may have %d bytes', async (pageSize) => {
    const blocks = [{ idstr: 'ram', usedLength: 200 * pageSize, pageSize }];
    const bytes = new Uint8Array(200 * pageSize);
    for (const page of [0, 63, 64, 65, 127, 199]) bytes[page * pageSize + pageSize - 1] = 1;
    const { snapshot, written } = await write({ blocks }, (writer) => writer.writePages(0, 0, bytes));
    expect(written.setPages).toEqual([6]);
    const memory = new Uint8Array(bytes.length);
    await snapshot.readPages(snapshot.ramBlocks[0] as never, 0, memory);
    expect(Buffer.compare(memory, bytes)).toBe(0);
  });

  it('that somebody else put into their places are taken down, and those that are not there become zero', async () => {
    const { firstBytes, written } = await write({ blocks: [block(16)] }, async (writer, target) => {
      await writer.writePages(0, 0, pages(1, 2, 3, 4, 5, 6));
      const { pagesOffset } = writer.blocks[0] as PlacedBlock;
      await target.write([{ byteOffset: pagesOffset + 3 * PAGE, bytes: pages(7) }]);
      writer.settlePages(0, { firstPage: 1, pageCount: 4, bits: Uint8Array.of(0b0100, 0, 0, 0, 0, 0, 0, 0) });
      await writer.round();
    });
    expect(await firstBytes()).toEqual([1, 0, 0, 7, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(written.setPages).toEqual([3]);
  });

  it('outside of the block are misuse', async () => {
    const layout = describeSnapshot({ blocks: [block(4), { ...block(4), ignored: true }] });
    const writer = await createSnapshot(memoryTarget(), layout);
    expect(() => writer.writePages(0, 3, pages(1, 2))).toThrow(RangeError);
    expect(() => writer.writePages(0, 0, new Uint8Array(100))).toThrow(RangeError);
    expect(() => writer.writePages(1, 0, pages(1))).toThrow(RangeError);
    expect(() => writer.writePages(2, 0, pages(1))).toThrow(RangeError);
    expect(() => writer.clearPages(0, -1, 1)).toThrow(RangeError);
  });
});

describe('the layout', () => {
  it('of a machine without devices is that of QEMU, byte for byte', async () => {
    const capture = await loadCapture('qemu-10.0/none');
    const saved = await openSnapshot(capture);
    const [ram] = saved.ramBlocks;
    const frame = saved.vmdescription;
    if (ram === undefined || frame === undefined) throw new Error('the capture is another one');
    const devices = saved.sections
      .filter(({ kind }) => kind === 'full')
      .map(({ byteOffset, byteLength }) => capture.bytes(byteOffset, byteLength));
    const { target } = await write(
      {
        machine: saved.configuration?.machine,
        blocks: [{ idstr: ram.idstr, usedLength: ram.usedLength, pageSize: ram.pageSize }],
        switchoverStart: true,
        devices,
        vmdescription: capture.bytes(frame.byteOffset + 5, frame.declaredLengthBytes),
      },
      async (writer) => {
        const memory = new Uint8Array(ram.usedLength);
        await saved.readPages(ram, 0, memory);
        await writer.writePages(0, 0, memory);
      },
    );
    const expected = capture.bytes(0, capture.sizeBytes);
    expect(Buffer.compare(target.bytes as Uint8Array, expected)).toBe(0);
  });

  it('leaves room in front, and no stream has no block', async () => {
    const { snapshot, bytes } = await write({ streamOffset: 12_345, blocks: [] }, async () => {});
    expect(snapshot).toMatchObject({ streamOffset: 12_345, ramBlocks: [], endOffset: bytes.length });
  });

  it('names blocks that are ignored, without a place', async () => {
    const blocks = [
      { ...block(8), idstr: 'shared', ignored: true, guestPhysicalAddress: 0n },
      { ...block(8), idstr: 'own', guestPhysicalAddress: 0xffff_ffff_fffc_0000n },
    ];
    const { snapshot } = await write({ blocks }, (writer) => writer.writePages(1, 0, pages(1)));
    expect(snapshot.configuration?.capabilities?.map(({ value }) => value)).toEqual([
      'x-ignore-shared',
      'mapped-ram',
    ]);
    expect(snapshot.ramBlocks).toMatchObject([
      { ignored: true, bitmapOffset: 0, pagesOffset: 0 },
      { ignored: false, guestPhysicalAddress: 0xffff_ffff_fffc_0000n },
    ]);
  });

  it('writes bitmaps in the words of a big-endian host', async () => {
    const capture = await loadCapture('qemu-10.0/none');
    const saved = await openSnapshot(capture);
    const target = memoryTarget();
    const writer = await createSnapshot(target, { ...layoutOf(saved, capture), wordOrder: 'be' });
    await writer.writePages(0, 2, pages(1));
    await writer.finish();
    const at = saved.ramBlocks[0]?.bitmapOffset ?? 0;
    expect([...(target.bytes?.subarray(at, at + 8) ?? [])]).toEqual([0, 0, 0, 0, 0, 0, 0, 0b100]);
  });

  it.each([
    ['a page size that is none', { ...block(4), pageSize: 3000 }],
    ['no name', { ...block(4), idstr: '' }],
    ['a name that is too long', { ...block(4), idstr: 'x'.repeat(256) }],
    ['a length that is none', { ...block(4), usedLength: 0.5 }],
  ])('refuses %s', async (_what, wrong) => {
    const attempt = async () => createSnapshot(memoryTarget(), describeSnapshot({ blocks: [wrong] }));
    await expect(attempt()).rejects.toThrow(RangeError);
  });

  it.each([
    ['pages over the entry', { bitmapOffset: 0x2000, pagesOffset: 0 }],
    ['a bitmap over the pages', { bitmapOffset: 0x10_0000, pagesOffset: 0x10_0000 }],
    ['a bitmap behind the pages', { bitmapOffset: 0x20_0000, pagesOffset: 0x10_0000 }],
  ])('refuses %s', async (_what, places) => {
    const layout = describeSnapshot({ blocks: [block(4, { places })] });
    await expect(createSnapshot(memoryTarget(), layout)).rejects.toMatchObject({ code: 'bad-block-table' });
  });

  it('of more memory than its bitmaps can be held for is refused before anything is allocated', async () => {
    const layout = describeSnapshot({ blocks: [block(2 ** 36)] });
    await expect(createSnapshot(memoryTarget(), layout)).rejects.toMatchObject({ code: 'limit-exceeded' });
  });
});

it('a write that failed fails the next round and the end, and the file never appears', async () => {
  const inner = memoryTarget();
  let isFull = false;
  const failing = {
    ...inner,
    write: async (pieces: Parameters<MemoryTarget['write']>[0]) => {
      if (isFull) throw new MappedRamError('write-failed', { what: 'no space' });
      return inner.write(pieces);
    },
  };
  const writer = await createSnapshot(failing, describeSnapshot({ blocks: [block(64)] }));
  isFull = true;
  void writer.writePages(0, 0, pages(1)).catch(() => {});
  await expect(writer.round()).rejects.toMatchObject({ code: 'write-failed' });
  await expect(writer.finish()).rejects.toMatchObject({ code: 'write-failed' });
  await writer.abort();
  expect(inner.bytes).toBeUndefined();
});
