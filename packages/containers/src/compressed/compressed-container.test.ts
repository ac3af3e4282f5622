import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { loadCapture, scratchParent } from '@mapped-ram/fixtures';
import { packedContainer } from '@mapped-ram/pack';
import { openCodec } from '@mapped-ram/pack/codec';
import { type ByteSource, memorySource, openContained, openSnapshot } from '@mapped-ram/reader';
import { openSource } from '@mapped-ram/reader/file';
import { hasProgram } from '@mapped-ram/tool-qemu';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compressedContainer } from './compressed-container.js';
import { compressions } from './compression.js';
import { openCompressed } from './open-compressed.js';

const containers = [packedContainer(openCodec), compressedContainer];
const capture = await loadCapture('qemu-10.0/none');
const file = capture.bytes(0, capture.sizeBytes);
const raw = await loadCapture('libvirt-11.3/save-raw');
const image = raw.bytes(0, raw.sizeBytes);
const STREAM_OFFSET = 66_821;

async function contents(source: ByteSource): Promise<Buffer> {
  const bytes = Buffer.alloc(source.sizeBytes);
  // In pieces that begin and end anywhere.
  for (let at = 0; at < bytes.length; at += 50_021) await source.read(bytes.subarray(at, at + 50_021), at);
  return bytes;
}

function compress(program: string, bytes: Uint8Array): Buffer {
  return execFileSync(program, ['-c'], { input: bytes, maxBuffer: 2 ** 26 });
}

function imageOf(format: number, stream: Uint8Array, byteOrder: 'le' | 'be' = 'le'): Uint8Array {
  const front = Buffer.from(image.subarray(0, STREAM_OFFSET));
  front.writeUInt32LE(format, 28);
  if (byteOrder === 'be') front.subarray(16, 36).swap32();
  return Buffer.concat([front, stream]);
}

let folder: string;
const { TMPDIR, PATH } = process.env;
beforeEach(() => {
  folder = mkdtempSync(join(scratchParent, 'compressed-test-'));
  process.env.TMPDIR = folder;
});
afterEach(() => {
  if (TMPDIR === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = TMPDIR;
  process.env.PATH = PATH;
  rmSync(folder, { recursive: true, force: true });
});

for (const { name, command, libvirtFormat } of compressions) {
  const [program] = command;
  describe.skipIf(!hasProgram(program))(hasProgram(program) ? name : `missing tool: ${program}`, () => {
    it('is unpacked, with holes, into a file that has no name', async () => {
      const { source, container } = await openContained(memorySource(compress(program, file)), containers);
      expect(container?.name).toBe('compressed file');
      expect((await contents(source)).equals(file)).toBe(true);
      expect(source.allocatedBytes).toBeLessThan(file.length / 2);
      expect(readdirSync(folder)).toEqual([]);
      await source.close();
    });

    const ofLibvirt = libvirtFormat === undefined ? [] : (['le', 'be'] as const);
    it.each(ofLibvirt)('in an image of libvirt is one of the format raw then (%s)', async (order) => {
      const stream = compress(program, image.subarray(STREAM_OFFSET));
      const { source } = await openContained(
        memorySource(imageOf(libvirtFormat ?? 0, stream, order)),
        containers,
      );
      expect((await contents(source)).subarray(36).equals(image.subarray(36))).toBe(true);
      const { libvirt } = await openSnapshot(source, { tolerant: true });
      expect(libvirt).toMatchObject({ format: 0, dataLengthBytes: STREAM_OFFSET - 92 });
      await source.close();
    });

    it('that was cut off or changed is refused, and nothing is left', async () => {
      const packed = compress(program, file);
      const half = Math.floor(packed.length / 2);
      const changed = Buffer.from(packed).fill(0x5a, half, half + 32);
      for (const bytes of [packed.subarray(0, half), changed]) {
        await expect(openContained(memorySource(bytes), containers)).rejects.toMatchObject({
          code: 'bad-compressed-file',
        });
      }
      expect(readdirSync(folder)).toEqual([]);
    });

    // Node has gzip itself.
    if (name === 'gzip') return;
    it('is named where its program is missing', async () => {
      const packed = compress(program, file);
      process.env.PATH = folder;
      const opening = openContained(memorySource(packed), containers);
      // Node has zstd itself from 22.15 on.
      if (name === 'zstd' && 'zstd' in process.versions)
        expect((await opening).source.sizeBytes).toBe(file.length);
      else await expect(opening).rejects.toThrow(`there is no program ${program}`);
    });
  });
}

it('an image that is compressed in another way than its header says is left as it is', async () => {
  const wrong = memorySource(imageOf(2, gzipSync(image.subarray(STREAM_OFFSET))));
  expect(await openContained(wrong, containers)).toEqual({ source: wrong });
  const plain = memorySource(imageOf(1, image.subarray(STREAM_OFFSET)));
  expect(await openContained(plain, containers)).toEqual({ source: plain });
});

it('one compressed file may lie in another', async () => {
  const { source } = await openContained(memorySource(gzipSync(gzipSync(file))), containers);
  expect((await contents(source)).equals(file)).toBe(true);
  await source.close();
});

it.each([
  ['data', { dataBytes: 2 ** 20, sizeBytes: 2 ** 30 }, Buffer.alloc(2 ** 24, 'mapped-ram')],
  ['zeros', { dataBytes: 2 ** 20, sizeBytes: 2 ** 23 }, Buffer.alloc(2 ** 24)],
])('a bomb of %s ends where it is larger than any snapshot', async (_, limits, bomb) => {
  for (const packed of [gzipSync(bomb), ...(hasProgram('xz') ? [compress('xz', bomb)] : [])]) {
    await expect(openCompressed(memorySource(packed), () => limits)).rejects.toMatchObject({
      code: 'limit-exceeded',
    });
  }
  expect(readdirSync(folder)).toEqual([]);
});

it('a hole is no part of what is compressed, however long it is', async () => {
  const path = join(folder, 'sparse');
  const withHole = async (first: Buffer, second: Buffer) => {
    const handle = await open(path, 'w');
    await handle.write(first, 0, first.length, 0);
    await handle.write(second, 0, second.length, 2 ** 36);
    await handle.truncate(2 ** 37);
    await handle.close();
    return openSource(path, containers);
  };
  const packed = gzipSync(file);
  const { source } = await withHole(packed, Buffer.alloc(0));
  expect((await contents(source)).equals(file)).toBe(true);
  await source.close();
  const cut = packed.subarray(0, packed.length - 100);
  await expect(withHole(cut, Buffer.alloc(0))).rejects.toThrow('unexpected end of file');
  await expect(withHole(cut, packed)).rejects.toThrow('a hole of 687');
  rmSync(path);
});

it('a folder for temporary files that is not there is named', async () => {
  process.env.TMPDIR = join(folder, 'gone');
  const opening = openContained(memorySource(gzipSync(file)), containers);
  await expect(opening).rejects.toMatchObject({ code: 'write-failed' });
  mkdirSync(join(folder, 'gone'));
});
