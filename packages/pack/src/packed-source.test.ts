import { readFileSync, writeFileSync } from 'node:fs';
import { loadCapture, onlyInAll } from '@mapped-ram/fixtures';
import { lintSource } from '@mapped-ram/lint';
import { type Codec, openPacked } from '@mapped-ram/pack';
import {
  type CodecKind,
  codecKinds,
  openCodec,
  openCodecOf,
  openSource,
  packFile,
  SealedReading,
  sealFile,
} from '@mapped-ram/pack/file';
import { countingSource, memorySource, openSnapshot } from '@mapped-ram/reader';
import { describe, expect, it } from 'vitest';
import { scratchFolder } from './testing/scratch.js';

const inScratch = scratchFolder();

async function packed(id: string): Promise<{ plain: Buffer; bytes: Buffer }> {
  const [input, output] = [inScratch('plain'), inScratch('packed')];
  await (await loadCapture(id)).writeTo(input);
  await packFile({ input, output, overwrite: true }, { frameBytes: 64 * 1024 });
  return { plain: readFileSync(input), bytes: readFileSync(output) };
}

/** A codec that counts. */
function counting(codec: Codec): Codec & { readonly seen: Map<string, number> } {
  const seen = new Map<string, number>();
  return {
    ...codec,
    seen,
    decompress(frame, target) {
      const key = Buffer.from(frame.subarray(-16)).toString('hex') + frame.length;
      seen.set(key, (seen.get(key) ?? 0) + 1);
      codec.decompress(frame, target);
    },
  };
}

describe('a packed source', () => {
  it('reads what was packed, at any offset', async () => {
    const { plain, bytes } = await packed('qemu-10.0/q35');
    const source = await openPacked(memorySource(bytes), await openCodec());
    expect(source.sizeBytes).toBe(plain.length);
    let state = 7;
    for (let round = 0; round < 300; round++) {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      const at = state % (plain.length + 100);
      const target = Buffer.alloc((state >>> 7) % 200_000, 0xee);
      const count = await source.read(target, at);
      expect(count).toBe(Math.max(0, Math.min(target.length, plain.length - at)));
      expect(target.subarray(0, count).equals(plain.subarray(at, at + count))).toBe(true);
    }
  });

  it('needs two reads for all but the pages', async () => {
    const { bytes } = await packed('qemu-10.0/q35');
    const file = countingSource(memorySource(bytes));
    const snapshot = await openSnapshot(await openPacked(file, await openCodec()));
    for (const block of snapshot.ramBlocks) await snapshot.countSetPages(block);
    for (const section of snapshot.sections) {
      if (section.kind === 'full') await snapshot.decodeDeviceState(section);
    }
    expect(file.reads).toBe(2);
  });

  it('decodes no frame twice in a deep run', async () => {
    const { bytes } = await packed('qemu-10.0/pc-devices');
    const codec = counting(await openCodec());
    const report = await lintSource(await openPacked(memorySource(bytes), codec), { deep: true });
    expect(report.verdict).toBe('restores');
    expect(codec.seen.size).toBeGreaterThan(10);
    expect([...codec.seen.values()].filter((times) => times > 1)).toEqual([]);
  });

  it('decodes no frame twice in a deep run that holds the file against its seal', async () => {
    const path = inScratch('sealed.zst');
    const { bytes } = await packed('qemu-10.0/pc-devices');
    writeFileSync(path, bytes);
    await sealFile(path);
    const codec = counting(await openCodec());
    const source = await openPacked(memorySource(readFileSync(path)), codec);
    const reading = new SealedReading(path, source, { contents: true });
    const report = await lintSource(reading.source, { deep: true, seal: () => reading.finish() });
    expect(report.findings.map(({ rule }) => rule)).toContain('sealed');
    expect(codec.seen.size).toBeGreaterThan(10);
    expect([...codec.seen.values()].filter((times) => times > 1)).toEqual([]);
  });

  onlyInAll(it)('has the same findings as the file itself', async () => {
    for (const id of ['qemu-10.0/background-snapshot', 'qemu-10.0/killed', 'libvirt-11.3/save-sparse']) {
      const { plain, bytes } = await packed(id);
      const of = async (source: Parameters<typeof lintSource>[0]) => {
        const { findings } = await lintSource(source, { deep: true });
        return findings.map(({ rule }) => rule).filter((rule) => rule !== 'holes-lost');
      };
      const wanted = await of(memorySource(plain));
      expect(await of(await openPacked(memorySource(bytes), await openCodec()))).toEqual(wanted);
    }
  });

  it('tells a plain file from a packed one', async () => {
    const { plain, bytes } = await packed('qemu-10.0/none');
    writeFileSync(inScratch('a'), plain);
    writeFileSync(inScratch('b'), bytes);
    for (const name of ['a', 'b']) {
      const { source } = await openSource(inScratch(name));
      expect(source.sizeBytes).toBe(plain.length);
      await source.close();
    }
  });
});

describe.each(codecKinds)('the codec %s', (kind: CodecKind) => {
  it('packs what every other one unpacks', async ({ skip }) => {
    const codec = await openCodecOf(kind);
    if (codec === undefined) return skip(`missing here: ${kind}`);
    const contents = Buffer.from('a page of memory '.repeat(20_000));
    const room = new Uint8Array(contents.length + 4096);
    for (const level of [1, 3, 19]) {
      const frame = room.slice(0, codec.compress(contents, level, room));
      for (const other of codecKinds) {
        const reader = await openCodecOf(other);
        if (reader === undefined) continue;
        const back = new Uint8Array(contents.length);
        reader.decompress(frame, back);
        expect(contents.equals(back)).toBe(true);
        const damaged = frame.slice();
        damaged[damaged.length - 2] = (damaged[damaged.length - 2] as number) ^ 1;
        expect(() => reader.decompress(damaged, back)).toThrow(
          expect.objectContaining({ code: 'bad-packed-file' }),
        );
        expect(() => reader.decompress(frame, new Uint8Array(contents.length - 1))).toThrow();
      }
    }
  });
});
