import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { loadCapture, scratchParent } from '@mapped-ram/fixtures';
import { type ByteSource, openSnapshot } from '@mapped-ram/reader';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { extractBlock } from './extract-block.js';
import { extractElf } from './extract-elf.js';
import { extractRange } from './extract-range.js';
import { readPhysicalMap } from './read-map.js';

let folder: string;
const at = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(scratchParent, 'extract-test-'));
  for (const [name, id] of Object.entries({
    'pc.mr': 'qemu-10.0/pc',
    'none.mr': 'qemu-10.0/none',
    'image.save': 'libvirt-11.3/save-sparse',
    'ignored.mr': 'qemu-11.1/ignore-shared',
    'cortex-m.mr': 'qemu-10.0/cortex-m',
    'sparse.mr': 'qemu-10.0/sparse-4g',
  })) {
    await (await loadCapture(id)).writeTo(at(name));
  }
});
afterAll(() => rm(folder, { recursive: true }));

const read = (name: string) => readFileSync(at(name));

function readPart(name: string, byteOffset: number, lengthBytes: number): Buffer {
  const part = Buffer.alloc(lengthBytes);
  const fd = openSync(at(name), 'r');
  readSync(fd, part, 0, lengthBytes, byteOffset);
  closeSync(fd);
  return part;
}

describe('a source', () => {
  it('gives the same as a file, and stays open', async () => {
    const image = await loadCapture('qemu-10.0/pc');
    let closed = 0;
    const source: ByteSource = {
      name: image.name,
      sizeBytes: image.sizeBytes,
      read: (target, byteOffset) => image.read(target, byteOffset),
      close: async () => void closed++,
    };
    const report = await extractElf(at('pc.mr'), at('file.core'));
    const { ranges, ...rest } = await extractElf(source, at('source.core'));
    expect(rest).toEqual({ ...rest, sizeBytes: report.sizeBytes, copiedBytes: report.copiedBytes });
    expect(ranges.map(({ address }) => address)).toEqual(report.ranges.map(({ address }) => address));
    expect(read('source.core').equals(read('file.core'))).toBe(true);
    await extractBlock(source, 'pc.ram', at('source.raw'), { channels: { channels: 2 } });
    await extractBlock(at('pc.mr'), 'pc.ram', at('file.raw'));
    expect(read('source.raw').equals(read('file.raw'))).toBe(true);
    expect(closed).toBe(0);
  });

  it.each([undefined, null, 7, {}, { sizeBytes: Number.NaN }])('is not %o', async (source) => {
    await expect(extractBlock(source as never, 'pc.ram', at('no.raw'))).rejects.toThrow(TypeError);
  });
});

describe('a block', () => {
  it('is the same with channels, also where there are more than pages', async () => {
    const report = await extractBlock(at('pc.mr'), 'pc.ram', at('one.raw'));
    expect(report.sizeBytes).toBe(16 * 1024 * 1024);
    for (const channels of [1, 2, 16]) {
      const name = `${channels}.raw`;
      expect(await extractBlock(at('pc.mr'), 'pc.ram', at(name), { channels: { channels } })).toEqual(report);
      expect(read(name).equals(read('one.raw'))).toBe(true);
    }
  });

  it('has holes where pages are zero', async () => {
    await extractBlock(at('sparse.mr'), 'microvm.ram', at('sparse.raw'));
    const { size, blocks } = statSync(at('sparse.raw'));
    expect(size).toBe(4 * 1024 ** 3);
    expect(blocks * 512).toBeLessThan(64 * 1024 ** 2);
  });

  it.each([undefined, { channels: 2 }])(
    'has holes too where set bits are over holes: %o',
    async (channels) => {
      const bomb = await loadCapture('qemu-10.0/sparse-4g');
      const { ramBlocks } = await openSnapshot(bomb);
      for (const { bitmapOffset, usedLength, pageSize } of ramBlocks) {
        bomb.patch(bitmapOffset, new Uint8Array(Math.min(usedLength / pageSize, 8192) / 8).fill(0xff));
      }
      await bomb.writeTo(at('bomb.mr'));
      await extractBlock(at('bomb.mr'), 'microvm.ram', at('bomb.raw'), { channels, overwrite: true });
      const range = { address: 0x10_0000n, lengthBytes: 24 * 1024 ** 2 };
      await extractRange(at('bomb.mr'), range, at('bombed.raw'), { channels, overwrite: true });
      for (const name of ['bomb.raw', 'bombed.raw']) {
        expect(statSync(at(name)).blocks * 512).toBeLessThan(4 * 1024 ** 2);
      }
      expect(read('bombed.raw').equals(readPart('sparse.raw', 0x10_0000, range.lengthBytes))).toBe(true);
    },
  );

  it('of a libvirt save image needs no offset', async () => {
    await extractBlock(at('image.save'), 'pc.ram', at('image.raw'));
    expect(read('image.raw').some((byte) => byte !== 0)).toBe(true);
  });

  it('that is not there, or not in the file, is an error, and nothing is made', async () => {
    await expect(extractBlock(at('pc.mr'), 'ram', at('no.raw'))).rejects.toThrow(
      /no block ram among .*pc\.ram/,
    );
    await expect(extractBlock(at('ignored.mr'), 'microvm.ram', at('no.raw'))).rejects.toMatchObject({
      code: 'unsupported',
    });
    expect(readdirSync(folder).filter((name) => name.includes('no.raw'))).toEqual([]);
  });
});

describe('a range', () => {
  it('is cut out of the blocks that are there, to the byte', async () => {
    await extractBlock(at('pc.mr'), 'pc.ram', at('ram.raw'), { overwrite: true });
    const ram = read('ram.raw');
    for (const [start, length] of [
      [0x100001, 10],
      [0x100fff, 2],
      [0x100ffe, 0x2003],
      [0x100000, 0x4000],
    ] as const) {
      const range = { address: BigInt(start), lengthBytes: length };
      for (const channels of [undefined, { channels: 2 }]) {
        await extractRange(at('pc.mr'), range, at('range.raw'), { overwrite: true, channels });
        expect(read('range.raw').equals(ram.subarray(start, start + length))).toBe(true);
      }
    }
  });

  it('has zeros where there is no memory', async () => {
    await extractBlock(at('pc.mr'), 'pc.bios', at('bios.raw'), { overwrite: true });
    const range = { address: 0xfffe_0000n, lengthBytes: 0x20000 };
    const { ranges } = await extractRange(at('pc.mr'), range, at('top.raw'));
    expect(ranges.map(({ block }) => block.idstr)).toEqual(['pc.bios']);
    const top = read('top.raw');
    expect(top.subarray(0, 0x10000).every((byte) => byte === 0)).toBe(true);
    expect(top.subarray(0x10000).equals(read('bios.raw'))).toBe(true);
  });

  it('without any memory is an error', async () => {
    const nowhere = { address: 1n << 50n, lengthBytes: 4096 };
    await expect(extractRange(at('pc.mr'), nowhere, at('nowhere.raw'))).rejects.toThrow(
      /no memory from 0x4000000000000 to 0x4000000000fff/,
    );
  });

  it('goes by a map that is given, of which the last range is on top', async () => {
    const map = [
      { address: 0n, block: 'pc.ram' },
      { address: 0x1000n, block: 'pc.bios', blockOffset: 0x2000, lengthBytes: 0x1000 },
    ];
    await extractRange(at('pc.mr'), { address: 0n, lengthBytes: 0x3000 }, at('mapped.raw'), { map });
    const [ram, bios] = [read('ram.raw'), read('bios.raw')];
    const expected = Buffer.concat([
      ram.subarray(0, 0x1000),
      bios.subarray(0x2000, 0x3000),
      ram.subarray(0x2000, 0x3000),
    ]);
    expect(read('mapped.raw').equals(expected)).toBe(true);
    await expect(readPhysicalMap(at('pc.mr'), { map: [{ address: 0n, block: 'no' }] })).rejects.toThrow(
      /no block no/,
    );
    const tooLong = [{ address: 0n, block: 'pc.bios', lengthBytes: 0x10001 }];
    await expect(readPhysicalMap(at('pc.mr'), { map: tooLong })).rejects.toThrow(/65536 bytes, not 65537/);
  });
});

describe('a core', () => {
  it('of a machine whose map is not known needs one', async () => {
    await expect(extractElf(at('cortex-m.mr'), at('m.core'))).rejects.toMatchObject({ code: 'unsupported' });
    const map = [{ address: 0x2100_0000n, block: 'mps.ram' }];
    const { segments } = await extractElf(at('cortex-m.mr'), at('m.core'), { map });
    expect(segments).toBe(1);
  });

  it('by virtual address needs page tables', async () => {
    await expect(extractElf(at('pc.mr'), at('paged.core'), { paging: true })).rejects.toThrow(
      /no processor has paging on/,
    );
    expect(readdirSync(folder).filter((name) => name.includes('paged.core'))).toEqual([]);
  });
});

describe('a block whose bitmap was lost', () => {
  const range = { address: 0x10_0000n, lengthBytes: 65_536 };
  beforeAll(async () => {
    const image = await loadCapture('qemu-10.0/pc');
    const { ramBlocks } = await openSnapshot(image);
    for (const { idstr, bitmapOffset, bitmapLengthBytes } of ramBlocks) {
      if (idstr === 'pc.ram') image.patch(bitmapOffset, new Uint8Array(bitmapLengthBytes));
    }
    await image.writeTo(at('lost.mr'));
  });

  it.each([
    ['a block', (output: string) => extractBlock(at('lost.mr'), 'pc.ram', output)],
    ['a range', (output: string) => extractRange(at('lost.mr'), range, output)],
    ['a virtual range', (output: string) => extractRange(at('lost.mr'), range, output, { virtual: {} })],
    ['a core', (output: string) => extractElf(at('lost.mr'), output)],
    ['a core by page tables', (output: string) => extractElf(at('lost.mr'), output, { paging: true })],
  ] as const)('is not taken for zeros: %s', async (_, extract) => {
    await expect(extract(at('lost.raw'))).rejects.toMatchObject({
      code: 'unmarked-pages',
      message: expect.stringMatching(/pages of pc\.ram .*mr repair marks them, --drop-unmarked-pages/),
    });
    expect(readdirSync(folder)).not.toContain('lost.raw');
  });

  it('is zeros where that is said', async () => {
    await extractBlock(at('lost.mr'), 'pc.ram', at('zeros.raw'), { dropUnmarkedPages: true });
    expect(read('zeros.raw').every((byte) => byte === 0)).toBe(true);
  });

  it('keeps nobody from the others', async () => {
    await extractBlock(at('lost.mr'), 'pc.bios', at('bios-of-lost.raw'));
    expect(read('bios-of-lost.raw').some((byte) => byte !== 0)).toBe(true);
  });
});

describe('the output', () => {
  it('is not replaced unless that is wanted', async () => {
    writeFileSync(at('precious'), 'precious');
    await expect(extractBlock(at('none.mr'), 'ram', at('precious'))).rejects.toMatchObject({
      code: 'target-exists',
    });
    expect(read('precious').toString()).toBe('precious');
    await extractBlock(at('none.mr'), 'ram', at('precious'), { overwrite: true });
    expect(read('precious').length).toBeGreaterThan(8);
  });

  it.each([undefined, { channels: 2 }])('is not there when the work was ended: %o', async (channels) => {
    mkdirSync(at('ended'), { recursive: true });
    const abort = new AbortController();
    const ended = extractBlock(at('pc.mr'), 'pc.ram', at('ended/out.raw'), {
      channels,
      signal: abort.signal,
      onProgress: () => abort.abort(new Error('enough')),
    });
    await expect(ended).rejects.toThrow('enough');
    expect(readdirSync(at('ended'))).toEqual([]);
  });
});
