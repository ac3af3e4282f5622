import { readFileSync, writeFileSync } from 'node:fs';
import { loadCapture } from '@mapped-ram/fixtures';
import { MappedRamError } from '@mapped-ram/format';
import { openPacked } from '@mapped-ram/pack';
import { deltaFile, openCodec, packFile, sealFile, unpackFile, unpackTo } from '@mapped-ram/pack/file';
import { memorySource } from '@mapped-ram/reader';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeLead } from './lead/lead.js';
import { scratchFolder } from './testing/scratch.js';
import { ContentChecksum } from './zstd/content-checksum.js';

const inScratch = scratchFolder();
let plain: Buffer;
let packed: Buffer;
beforeAll(async () => {
  const [input, output] = [inScratch('plain'), inScratch('packed')];
  await (await loadCapture('qemu-10.0/none')).writeTo(input);
  await packFile({ input, output }, { frameBytes: 64 * 1024 });
  [plain, packed] = [readFileSync(input), readFileSync(output)];
});

/** Opens and reads all. */
async function readAll(bytes: Buffer): Promise<Buffer> {
  const source = await openPacked(memorySource(bytes), await openCodec());
  const contents = Buffer.alloc(source.sizeBytes);
  // Past the lead, so that frames are decoded too.
  const half = Buffer.alloc(source.sizeBytes);
  await source.read(contents, 0);
  for (let at = 0; at < half.length; at += 65536) await source.read(half.subarray(at, at + 65536), at);
  expect(half.equals(contents)).toBe(true);
  return contents;
}

const errorOf = (work: Promise<unknown>) =>
  work.then(
    () => expect.fail('nothing was thrown'),
    (error: unknown) => error,
  );

const edited = (edit: (bytes: Buffer) => void) => {
  const bytes = Buffer.from(packed);
  edit(bytes);
  return bytes;
};

describe('a damaged packed file', () => {
  it('is read, or refused by name, whichever bit is flipped', async () => {
    for (let bit = 0; bit < packed.length * 8; bit += 97) {
      const bytes = edited((copy) => copy.writeUInt8(copy.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3));
      const read = await readAll(bytes).catch((error: unknown) => error);
      if (read instanceof MappedRamError) continue;
      if (!Buffer.isBuffer(read)) throw read;
      expect(read.equals(plain)).toBe(true);
    }
  });

  it('is refused wherever it is cut off', async () => {
    for (let length = 0; length < packed.length; length += 13) {
      expect(await errorOf(readAll(packed.subarray(0, length)))).toBeInstanceOf(MappedRamError);
    }
  });

  it.each([
    ['more frames than the file can hold', (b: Buffer) => b.writeUInt32LE(0x00ffffff, b.length - 9)],
    ['more frames than memory is for', (b: Buffer) => b.writeUInt32LE(0xffffffff, b.length - 9)],
    ['reserved bits', (b: Buffer) => b.writeUInt8(0xfc, b.length - 5)],
    ['frames of other lengths', (b: Buffer) => b.writeUInt32LE(1, b.length - 9 - 12)],
    ['contents of other lengths', (b: Buffer) => b.writeUInt32LE(0xffffffff, b.length - 9 - 8)],
    ['another checksum', (b: Buffer) => b.writeUInt32LE(1, b.length - 9 - 4)],
    ['a lead that is longer than the file', (b: Buffer) => b.writeUInt32LE(0x7fffffff, 4)],
    ['more extents in the lead than it has room for', (b: Buffer) => b.writeUInt32LE(0xffffffff, 8 + 24)],
    ['a lead that holds gigabytes', (b: Buffer) => b.writeUInt32LE(0xffffffff, 8 + 28)],
  ])('is refused with %s', async (_, edit) => {
    const error = await errorOf(readAll(edited(edit)));
    expect(error).toBeInstanceOf(MappedRamError);
    expect(['bad-packed-file', 'limit-exceeded']).toContain((error as MappedRamError).code);
  });

  it('is given to nobody where the lead holds other bytes than the frames', async () => {
    // The first frame of the lead holds the file's head: another machine's name, with a checksum that fits.
    const codec = await openCodec();
    const checksum = await ContentChecksum.load();
    const source = await openPacked(memorySource(packed), codec);
    const { lead } = source;
    if (lead === undefined) return expect.fail('there is no lead');
    const extents = lead.extents.map(({ byteOffset, bytes }) => ({ byteOffset, bytes: bytes.slice() }));
    extents[0]?.bytes.set([0x58], 20);
    const frame = encodeLead({ ...lead, extents }, codec, checksum, 1);
    const [first] = source.table.frames();
    const bytes = edited((copy) => copy);
    const rest = bytes.subarray(first?.packedBytes);
    rest.writeUInt32LE(frame.length, rest.length - 9 - 12 * source.table.frameCount);
    writeFileSync(inScratch('lying'), Buffer.concat([frame, rest]));
    const lying = expect.objectContaining({ code: 'bad-packed-file', path: 'lead' });
    const input = inScratch('lying');
    await expect(unpackFile({ input, output: inScratch('x') })).rejects.toThrow(lying);
    await expect(unpackTo(input, async () => {})).rejects.toThrow(lying);
    await expect(sealFile(input)).rejects.toThrow(lying);
    const pair = { base: inScratch('plain'), next: input, output: inScratch('x') };
    await expect(deltaFile(pair)).rejects.toThrow(lying);
  });

  it('of zstd alone is refused, with what helps', async () => {
    const error = await errorOf(readAll(Buffer.from('28b52ffd2003190000616263', 'hex')));
    expect((error as Error).message).toContain('zstd -d');
  });
});
