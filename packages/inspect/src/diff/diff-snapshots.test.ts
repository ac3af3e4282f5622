import { loadCapture, type SparseImage } from '@mapped-ram/fixtures';
import { getBit } from '@mapped-ram/format';
import { type OpenOptions, openSnapshot, type RamBlock } from '@mapped-ram/reader';
import { describe, expect, it } from 'vitest';
import type { Pair, SnapshotFile } from './compare-pages.js';
import { diffSnapshots, isSame } from './diff-snapshots.js';

async function open(image: SparseImage, options: OpenOptions = {}): Promise<SnapshotFile> {
  return { source: image, snapshot: await openSnapshot(image, options) };
}

/** A capture and a copy of it, which is edited. */
async function pair(
  id: string,
  edit: (copy: SparseImage, block: RamBlock) => void,
): Promise<Pair<SnapshotFile>> {
  const image = await loadCapture(id);
  const copy = image.clone();
  const file = await open(image);
  edit(copy, file.snapshot.ramBlocks[0] as RamBlock);
  return [file, await open(copy)];
}

function isPageSet(image: SparseImage, { bitmapOffset, bitmapLengthBytes }: RamBlock, page: number): boolean {
  return getBit(image.bytes(bitmapOffset, bitmapLengthBytes), page, 'le');
}

/** The first page from one on whose bit is set, or clear. */
function findPage(image: SparseImage, block: RamBlock, isSet: boolean, from = 0): number {
  for (let page = from; page < block.pageCount; page++) {
    if (isPageSet(image, block, page) === isSet) return page;
  }
  throw new RangeError('there is no such page');
}

function writeToPage(image: SparseImage, { pagesOffset, pageSize }: RamBlock, page: number, at = 0): void {
  const byteOffset = pagesOffset + page * pageSize + at;
  image.patch(byteOffset, Uint8Array.of((image.bytes(byteOffset, 1)[0] ?? 0) ^ 0xff));
}

function flipBit(image: SparseImage, { bitmapOffset }: RamBlock, page: number): void {
  const byteOffset = bitmapOffset + (page >> 3);
  image.patch(byteOffset, Uint8Array.of((image.bytes(byteOffset, 1)[0] ?? 0) ^ (1 << (page & 7))));
}

describe('pages', () => {
  it('are the same in a copy', async () => {
    const difference = await diffSnapshots(await pair('qemu-10.0/live', () => {}));
    expect(difference).toEqual({ headers: [], blocks: [], devices: [] });
    expect(isSame(difference)).toBe(true);
  });

  it('differ where a byte of a set page does, the last one too', async () => {
    const pages: number[] = [];
    const files = await pair('qemu-10.0/pc', (copy, block) => {
      const first = findPage(copy, block, true);
      const last = findPage(copy, block, true, 1000);
      writeToPage(copy, block, first);
      writeToPage(copy, block, last, block.pageSize - 1);
      pages.push(first, last);
    });
    const { blocks } = await diffSnapshots(files, { only: 'pages' });
    expect(blocks).toMatchObject([{ id: 'pc.ram', kind: 'pages', differingPages: 2, runCount: 2 }]);
    expect(blocks[0]?.runs).toEqual(pages.map((firstPage) => ({ firstPage, pageCount: 1 })));
  });

  it('do not differ in what lies under clear bits', async () => {
    const files = await pair('qemu-10.0/live', (copy, block) => {
      writeToPage(copy, block, findPage(copy, block, false));
    });
    expect((await diffSnapshots(files)).blocks).toEqual([]);
  });

  it('differ where a page is zero in one file only, whichever it is', async () => {
    const files = await pair('qemu-10.0/pc', (copy, block) =>
      flipBit(copy, block, findPage(copy, block, true)),
    );
    for (const both of [files, [files[1], files[0]] as const]) {
      expect((await diffSnapshots(both)).blocks).toMatchObject([{ differingPages: 1 }]);
    }
  });

  it('do not differ where one file stores zeros and the other nothing', async () => {
    const files = await pair('qemu-10.0/pc', (copy, block) =>
      flipBit(copy, block, findPage(copy, block, false)),
    );
    expect((await diffSnapshots(files)).blocks).toEqual([]);
  });

  it('are compared across layouts and word orders', async () => {
    const image = await loadCapture('qemu-10.0/microvm');
    const moved = image.clone().insert(0, new Uint8Array(4096));
    const { snapshot } = await open(image);
    for (const block of snapshot.ramBlocks) {
      // The offsets in the headers are from the start of the file.
      for (const [at, value] of [
        [12, block.bitmapOffset],
        [20, block.pagesOffset],
      ] as const) {
        const field = Buffer.alloc(8);
        field.writeBigUInt64BE(BigInt(value + 4096));
        moved.patch(block.headerOffset + 4096 + at, field);
      }
      const words = Buffer.from(image.bytes(block.bitmapOffset, block.bitmapLengthBytes));
      moved.patch(block.bitmapOffset + 4096, words.swap64());
    }
    const other = await open(moved, { streamOffset: 4096, wordOrder: 'be' });
    expect(isSame(await diffSnapshots([await open(image), other]))).toBe(true);
  });

  it('are those that reading both finds, one by one', async () => {
    const files = [
      await open(await loadCapture('qemu-10.0/pc')),
      await open(await loadCapture('qemu-10.0/live')),
    ] as const;
    const { blocks } = await diffSnapshots(files, { maxRuns: Number.POSITIVE_INFINITY });
    for (const a of files[0].snapshot.ramBlocks) {
      const b = files[1].snapshot.ramBlocks.find(({ idstr }) => idstr === a.idstr) as RamBlock;
      const expected: number[] = [];
      for (let page = 0; page < Math.min(a.pageCount, b.pageCount); page++) {
        const pages = [new Uint8Array(a.pageSize), new Uint8Array(a.pageSize)] as const;
        await files[0].snapshot.readPages(a, page, pages[0]);
        await files[1].snapshot.readPages(b, page, pages[1]);
        if (Buffer.compare(...pages) !== 0) expected.push(page);
      }
      const runs = blocks.find(({ id }) => id === a.idstr)?.runs ?? [];
      const found = runs.flatMap(({ firstPage, pageCount }) =>
        Array.from({ length: pageCount }, (_, i) => firstPage + i),
      );
      expect(found, a.idstr).toEqual(expected);
    }
    expect(blocks[0]).toMatchObject({ id: 'pc.ram', usedLengths: [16 << 20, 8 << 20], pages: 2048 });
  });

  it('are all counted, though only some runs are kept', async () => {
    const files = await pair('qemu-10.0/pc', (copy, block) => {
      for (let page = 0, made = 0; made < 5; made++) {
        page = findPage(copy, block, true, page + 2);
        writeToPage(copy, block, page);
      }
    });
    const { blocks } = await diffSnapshots(files, { maxRuns: 2 });
    expect(blocks[0]?.runs).toHaveLength(2);
    expect(blocks[0]).toMatchObject({ differingPages: 5 });
  });

  it('are read ahead of, and no read is left when one fails or the caller aborts', async () => {
    const [a, b] = await pair('qemu-10.0/pc', () => {});
    let reads = 0;
    let underWay = 0;
    const failing = {
      ...b.source,
      name: 'failing',
      sizeBytes: b.source.sizeBytes,
      read: async (target: Uint8Array, byteOffset: number) => {
        underWay++;
        await new Promise((resolve) => setTimeout(resolve, 1));
        underWay--;
        if (++reads === 3) throw new Error('out of order');
        return b.source.read(target, byteOffset);
      },
    };
    await expect(diffSnapshots([a, { ...b, source: failing }])).rejects.toThrow('out of order');
    expect(underWay).toBe(0);
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(diffSnapshots([a, b], { signal })).rejects.toThrow('enough');
  });

  it('that the file has no more are an error', async () => {
    const [a, b] = await pair('qemu-10.0/pc', () => {});
    const cut = (b.source as SparseImage).clone('cut').truncate(0x20_0000);
    await expect(diffSnapshots([a, { snapshot: b.snapshot, source: cut }])).rejects.toMatchObject({
      code: 'unexpected-end',
    });
  });
});

describe('blocks and headers', () => {
  it('of different machines are told', async () => {
    const files = [
      await open(await loadCapture('qemu-10.0/pc')),
      await open(await loadCapture('qemu-10.0/none')),
    ] as const;
    const { headers, blocks, devices } = await diffSnapshots(files);
    expect(headers).toEqual([{ name: 'machine', a: 'pc-i440fx-10.0', b: 'none' }]);
    expect(blocks.map(({ id, kind }) => [id, kind])).toContainEqual(['pc.ram', 'only-a']);
    expect(blocks.map(({ id, kind }) => [id, kind])).toContainEqual(['ram', 'only-b']);
    expect(devices).toContainEqual({ name: 'cpu', instanceId: 0, kind: 'only-a', fields: [] });
  });

  it('with pages of another size are not compared', async () => {
    const [a, b] = await pair('qemu-10.0/none', () => {});
    const [block] = b.snapshot.ramBlocks as [RamBlock];
    const odd = Object.assign(Object.create(b.snapshot), { ramBlocks: [{ ...block, pageSize: 8192 }] });
    const { blocks } = await diffSnapshots([a, { ...b, snapshot: odd }], { only: 'pages' });
    expect(blocks).toMatchObject([{ kind: 'page-size', differingPages: 0 }]);
  });

  it('whose memory only one file has are told', async () => {
    const [a, b] = await pair('qemu-10.0/none', () => {});
    const [block] = b.snapshot.ramBlocks as [RamBlock];
    const without = Object.assign(Object.create(b.snapshot), { ramBlocks: [{ ...block, ignored: true }] });
    const difference = await diffSnapshots([a, { ...b, snapshot: without }], { only: 'pages' });
    expect(difference.blocks).toMatchObject([{ kind: 'not-in-file' }]);
    const both = { ...b, snapshot: without };
    expect(isSame(await diffSnapshots([both, both], { only: 'pages' }))).toBe(true);
  });
});

describe('devices', () => {
  it('differ by field, and arrays by element', async () => {
    const [a, b] = await pair('qemu-10.0/pc', () => {});
    const copy = (b.source as SparseImage).clone();
    const cpu = a.snapshot.sections.find((section) => section.kind === 'full' && section.idstr === 'cpu');
    copy.patch((cpu?.bodyOffset ?? 0) + 3 * 8, Uint8Array.of(0x80)); // the highest byte of rbx
    const { devices } = await diffSnapshots([a, await open(copy)], { only: 'devices' });
    expect(devices).toEqual([
      {
        name: 'cpu',
        instanceId: 0,
        kind: 'fields',
        fields: [{ path: 'env.regs[3]', type: 'uint64[]', a: 0n, b: 1n << 63n }],
      },
    ]);
  });

  it('that nothing describes differ by their bytes', async () => {
    const [a, b] = await pair('qemu-10.0/no-vmdesc', () => {});
    const copy = (b.source as SparseImage).clone();
    const timer = a.snapshot.sections.find((section) => section.kind === 'full' && section.idstr === 'timer');
    copy.patch(timer?.bodyOffset ?? 0, Uint8Array.of(1));
    expect((await diffSnapshots([a, await open(copy)])).devices).toEqual([
      { name: 'timer', instanceId: 0, kind: 'bytes', fields: [] },
    ]);
    expect(isSame(await diffSnapshots([a, b]))).toBe(true);
  });
});
