import { loadCapture } from '@mapped-ram/fixtures';
import { describe, expect, it } from 'vitest';
import { openSnapshot } from '../snapshot.js';
import { countingSource } from '../sources/counting-source.js';
import { readClassicStream } from './read-classic-stream.js';
import type { ClassicMemory, ClassicVisitor } from './visitor.js';

/** Keeps the memory of a stream. */
function memoryVisitor() {
  const memory: Uint8Array[] = [];
  let begun: ClassicMemory | undefined;
  let pageSize = 0;
  const visitor: ClassicVisitor = {
    async begin(classic) {
      begun = classic;
      pageSize = classic.pageSize;
      for (const { usedLength } of classic.blocks) memory.push(new Uint8Array(usedLength));
    },
    async pages(runs) {
      for (const { blockIndex, firstPage, pageCount, bytes } of runs) {
        const pages = bytes ?? new Uint8Array(pageCount * pageSize);
        memory[blockIndex]?.set(pages, firstPage * pageSize);
      }
    },
  };
  return { visitor, memory, begun: () => begun };
}

describe("libvirt's raw save image", () => {
  it('has the memory that its sparse one has', async () => {
    const { visitor, memory, begun } = memoryVisitor();
    const source = countingSource(await loadCapture('libvirt-11.3/save-raw'));
    const model = await readClassicStream(source, visitor);
    expect(model).toMatchObject({ ramLayout: 'classic', problems: [], endOffset: source.sizeBytes });
    expect(model.sections.filter(({ kind }) => kind === 'full').length).toBeGreaterThan(10);

    const sparse = await openSnapshot(await loadCapture('libvirt-11.3/save-sparse'));
    expect(begun()?.blocks.map(({ idstr }) => idstr)).toEqual(sparse.ramBlocks.map(({ idstr }) => idstr));
    for (const [index, block] of sparse.ramBlocks.entries()) {
      const expected = new Uint8Array(block.usedLength);
      await sparse.readPages(block, 0, expected);
      expect(Buffer.compare(memory[index] as Uint8Array, expected)).toBe(0);
    }
  });

  it('is refused wherever it is cut', async () => {
    const image = await loadCapture('libvirt-11.3/save-raw');
    for (let size = 0; size < image.sizeBytes - 20_000; size += 70_001) {
      const { visitor } = memoryVisitor();
      const reading = readClassicStream(image.clone().truncate(size), visitor);
      await expect(reading).rejects.toHaveProperty('code');
    }
  });

  it('is refused where its table has another flag beside MEM_SIZE, as QEMU does', async () => {
    const image = await loadCapture('libvirt-11.3/save-raw');
    const { streamOffset, sections } = await openSnapshot(image.clone(), { tolerant: true });
    const [ram] = sections.filter((section) => section.kind === 'start' && section.idstr === 'ram');
    expect(streamOffset).toBeGreaterThan(0);
    const wordOffset = (ram?.byteOffset ?? 0) + 1 + 4 + 1 + 3 + 4 + 4;
    const [low = 0] = image.bytes(wordOffset + 7, 1);
    expect(low).toBe(0x04);
    image.patch(wordOffset + 6, Uint8Array.of((image.bytes(wordOffset + 6, 1)[0] ?? 0) | 1));
    await expect(readClassicStream(image, memoryVisitor().visitor)).rejects.toHaveProperty(
      'code',
      'bad-block-table',
    );
  });

  it('ends with what its visitor throws', async () => {
    const image = await loadCapture('libvirt-11.3/save-raw');
    const visitor = {
      async begin() {},
      async pages() {
        throw new Error('no room');
      },
    };
    await expect(readClassicStream(image, visitor)).rejects.toThrow('no room');
  });

  it('can be aborted', async () => {
    const image = await loadCapture('libvirt-11.3/save-raw');
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(readClassicStream(image, memoryVisitor().visitor, { signal })).rejects.toThrow('enough');
  });
});

it('a mapped-ram stream is refused', async () => {
  const reading = readClassicStream(await loadCapture('qemu-10.0/none'), memoryVisitor().visitor);
  await expect(reading).rejects.toMatchObject({ code: 'unsupported' });
});
