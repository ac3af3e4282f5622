import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { loadCapture } from '@mapped-ram/fixtures';
import { MappedRamError } from '@mapped-ram/format';
import {
  applyFiles,
  deltaFile,
  openSource,
  packFile,
  sealFile,
  unpackFile,
  verifyFile,
} from '@mapped-ram/pack/file';
import { beforeAll, describe, expect, it } from 'vitest';
import { scratchFolder } from '../testing/scratch.js';

const inScratch = scratchFolder();
const at = inScratch;
const BLOCK = 4096;

/** Pages that do not compress, and do not repeat. */
function noise(bytes: Buffer, seed: number): Buffer {
  let state = seed;
  for (let index = 0; index + 4 <= bytes.length; index += 4) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes.writeUInt32LE(state, index);
  }
  return bytes;
}

let base: Buffer;
let next: Buffer;
beforeAll(async () => {
  base = Buffer.alloc(400 * BLOCK + 100);
  noise(base.subarray(0, 200 * BLOCK), 1);
  next = Buffer.alloc(420 * BLOCK + 5);
  base.copy(next);
  noise(next.subarray(10 * BLOCK, 12 * BLOCK), 2); // new
  next.fill(0, 20 * BLOCK, 25 * BLOCK); // became zero
  base.copy(next, 300 * BLOCK, 50 * BLOCK, 60 * BLOCK); // copied elsewhere
  next.writeUInt8(next.readUInt8(70 * BLOCK + 5) ^ 0xff, 70 * BLOCK + 5); // a byte
  writeFileSync(at('base'), base);
  writeFileSync(at('next'), next);
});

describe('a difference', () => {
  it('holds what is new, and gives the file back', async () => {
    const report = await deltaFile({ base: at('base'), next: at('next'), output: at('d') });
    expect(report).toMatchObject({ movedBlocks: 10, storedBlocks: 3, sameBlocks: 192 });
    // Two pages of noise, and one byte.
    expect(statSync(at('d')).size).toBeLessThan(2 * BLOCK + 600);
    await applyFiles({ base: at('base'), deltas: [at('d')], output: at('again') });
    expect(readFileSync(at('again')).equals(next)).toBe(true);
  });

  it('is not taken for a packed file, and stays one when it is sealed', async () => {
    await deltaFile({ base: at('base'), next: at('next'), output: at('sealed') });
    const bytes = readFileSync(at('sealed'));
    await sealFile(at('sealed'));
    expect(readFileSync(at('sealed')).equals(bytes)).toBe(true);
    expect(await verifyFile(at('sealed'))).toMatchObject({ changedBlocks: 0 });
    const remedy = { code: 'unsupported', message: expect.stringContaining('mr apply') };
    await expect(unpackFile({ input: at('sealed'), output: at('nothing') })).rejects.toMatchObject(remedy);
    await expect(openSource(at('sealed'))).rejects.toMatchObject(remedy);
    expect(existsSync(at('nothing'))).toBe(false);
  });

  it('is not any file', async () => {
    const applied = applyFiles({ base: at('base'), deltas: [at('next')], output: at('x') });
    await expect(applied).rejects.toMatchObject({ code: 'bad-delta' });
    expect(existsSync(at('x'))).toBe(false);
  });

  it('goes both ways, from and to packed files, and in a chain', async () => {
    await packFile({ input: at('next'), output: at('next.zst') });
    await deltaFile({ base: at('next.zst'), next: at('base'), output: at('back') });
    await applyFiles({ base: at('next.zst'), deltas: [at('back')], output: at('base.again') });
    expect(readFileSync(at('base.again')).equals(base)).toBe(true);
    await deltaFile({ base: at('base'), next: at('next'), output: at('forth') });
    const deltas = [at('forth'), at('back'), at('forth')];
    await applyFiles({ base: at('base'), deltas, output: at('chained') });
    expect(readFileSync(at('chained')).equals(next)).toBe(true);
    const wrongOrder = [at('back'), at('forth')];
    await expect(applyFiles({ base: at('base'), deltas: wrongOrder, output: at('x') })).rejects.toThrow(
      expect.objectContaining({ code: 'wrong-base' }),
    );
    const twice = [at('forth'), at('forth')];
    await expect(applyFiles({ base: at('base'), deltas: twice, output: at('x') })).rejects.toThrow(
      expect.objectContaining({ code: 'wrong-base' }),
    );
  });

  it('refuses another base, by one bit or by size, and makes no file', async () => {
    await deltaFile({ base: at('base'), next: at('next'), output: at('bound') });
    const other = Buffer.from(base);
    other.writeUInt8(other.readUInt8(150 * BLOCK) ^ 1, 150 * BLOCK);
    for (const bytes of [other, base.subarray(0, base.length - 1)]) {
      writeFileSync(at('other'), bytes);
      const applied = applyFiles({ base: at('other'), deltas: [at('bound')], output: at('y') });
      await expect(applied).rejects.toMatchObject({ code: 'wrong-base' });
      expect(existsSync(at('y'))).toBe(false);
    }
  });

  it('between two captures of one machine is small and exact', async () => {
    await (await loadCapture('qemu-10.0/pc')).writeTo(at('a.mr'));
    await (await loadCapture('qemu-10.0/multifd-2')).writeTo(at('b.mr'));
    await deltaFile({ base: at('a.mr'), next: at('b.mr'), output: at('ab') });
    await applyFiles({ base: at('a.mr'), deltas: [at('ab')], output: at('b.again') });
    expect(readFileSync(at('b.again')).equals(readFileSync(at('b.mr')))).toBe(true);
  });

  it.each([
    [0, 0],
    [0, 5000],
    [5000, 0],
    [4096, 4097],
  ])('from %i to %i bytes', async (from, to) => {
    writeFileSync(at('f'), Buffer.alloc(from, 'f'));
    writeFileSync(at('t'), Buffer.alloc(to, 'ft'));
    await deltaFile({ base: at('f'), next: at('t'), output: at('ft') }, { overwrite: true });
    await applyFiles({ base: at('f'), deltas: [at('ft')], output: at('t2') }, { overwrite: true });
    expect(readFileSync(at('t2')).equals(readFileSync(at('t')))).toBe(true);
  });

  it('that is damaged is refused by name, or gives the very file', async () => {
    await deltaFile({ base: at('base'), next: at('next'), output: at('sound') });
    const sound = readFileSync(at('sound'));
    const outcomeOf = async (bytes: Buffer) => {
      writeFileSync(at('damaged'), bytes);
      const pair = { base: at('base'), deltas: [at('damaged')], output: at('z') };
      return applyFiles(pair, { overwrite: true }).then(
        () => readFileSync(at('z')).equals(next),
        (error: unknown) => error,
      );
    };
    for (let byte = 0; byte < sound.length; byte += 211) {
      const bytes = Buffer.from(sound);
      bytes.writeUInt8(bytes.readUInt8(byte) ^ 0x04, byte);
      const outcome = await outcomeOf(bytes);
      if (outcome !== true) expect(outcome).toBeInstanceOf(MappedRamError);
    }
    for (const length of [0, 10, 16, 100, sound.length - 1]) {
      expect(await outcomeOf(sound.subarray(0, length))).toBeInstanceOf(MappedRamError);
    }
  });
});
