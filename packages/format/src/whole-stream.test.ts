import { captureInfo, listCaptures, loadCapture, type SparseImage } from '@mapped-ram/fixtures';
import { describe, expect, it } from 'vitest';
import { countSet } from './bitmap.js';
import { MappedRamError } from './errors.js';
import { MappedRam } from './generated/mapped-ram.js';
import type { KaitaiStreamInstance } from './kaitai-runtime.js';
import { SectionType } from './layout.js';

/** A stream over a file that is too large to hold, which counts what is read of it. */
class CountingStream implements KaitaiStreamInstance {
  pos = 0;
  bytesRead = 0;
  readonly #image: SparseImage;

  constructor(image: SparseImage) {
    this.#image = image;
  }

  get size(): number {
    return this.#image.sizeBytes;
  }

  seek(position: number): void {
    this.pos = position;
  }

  readU1 = () => this.#next(1).getUint8(0);
  readU2be = () => this.#next(2).getUint16(0);
  readU4be = () => this.#next(4).getUint32(0);
  readU4le = () => this.#next(4).getUint32(0, true);
  readU8be = () => Number(this.#next(8).getBigUint64(0));

  readBytes(lengthBytes: number): Uint8Array {
    const { buffer } = this.#next(lengthBytes);
    return new Uint8Array(buffer);
  }

  readBytesTerm(terminator: number): Uint8Array {
    const start = this.pos;
    let found = -1;
    while (found < 0 && this.pos < this.size) {
      const chunk = this.readBytes(Math.min(1024, this.size - this.pos));
      const at = chunk.indexOf(terminator);
      if (at >= 0) found = this.pos - chunk.length + at;
    }
    this.pos = found < 0 ? this.size : found + 1;
    return this.#image.bytes(start, (found < 0 ? this.size : found) - start);
  }

  #next(lengthBytes: number): DataView<ArrayBuffer> {
    const bytes = this.#image.bytes(this.pos, lengthBytes).slice();
    this.pos += lengthBytes;
    this.bytesRead += lengthBytes;
    return new DataView(bytes.buffer);
  }
}

function blocksOf(stream: MappedRam): MappedRam.RamBlock[] {
  return stream.records.flatMap(
    ({ ramBody }) => ramBody?.items.flatMap(({ blockTable }) => blockTable?.blocks ?? []) ?? [],
  );
}

const goodCaptures = listCaptures().filter((id) => captureInfo(id).good);

async function parseCapture(id: string): Promise<{ stream: MappedRam; io: CountingStream }> {
  const io = new CountingStream(await loadCapture(id));
  io.seek(captureInfo(id).streamOffset);
  return { stream: new MappedRam(io), io };
}

describe('the whole stream', () => {
  it.each(goodCaptures)('of %s is found record by record', async (id) => {
    const { stream } = await parseCapture(id);
    expect(blocksOf(stream).length).toBeGreaterThan(0);
    const fullSections = stream.records.filter(({ type }) => type === SectionType.full);
    if (stream.vmdescription !== undefined) {
      const { devices } = JSON.parse(stream.vmdescription.json) as { devices: { name: string }[] };
      expect(fullSections.map(({ opening }) => opening?.idstr)).toEqual(devices.map(({ name }) => name));
    }
    // Without footers, there is nothing to tell where the first section after ram ends.
    expect(stream.records.at(-1)?.isEndMarker).toBe(fullSections[0]?.hasFooter);
  });

  it('is parsed without reading bitmaps or pages', async () => {
    const { stream, io } = await parseCapture('qemu-10.0/sparse-4g');
    expect(io.size).toBeGreaterThan(2 ** 32);
    expect(blocksOf(stream).some(({ entry }) => entry.lenUsed >= 2 ** 31)).toBe(true);
    // Headers and device state; the bitmap of 4 GiB alone has 128 KiB.
    expect(io.bytesRead).toBeLessThan(120 * 1024);

    const [block] = blocksOf(stream);
    expect(countSet(block?.bitmap ?? new Uint8Array(), block?.numPages ?? 0, 'le')).toBeGreaterThan(0);
  });

  it('has to start where it is said to start', async () => {
    const io = new CountingStream(await loadCapture('qemu-10.0/offset-unaligned'));
    expect(() => new MappedRam(io)).toThrow(MappedRamError);
  });
});
