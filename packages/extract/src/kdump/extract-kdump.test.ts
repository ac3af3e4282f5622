import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { allOrOneIn, loadCapture, scratchParent } from '@mapped-ram/fixtures';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { extractElf } from '../extract-elf.js';
import { readElfCore } from '../testing/elf-core.js';
import { readKdump } from '../testing/kdump-file.js';
import { extractKdump } from './extract-kdump.js';

let folder: string;
const at = (name: string) => join(folder, name);
const CAPTURES = {
  'aarch64.mr': 'qemu-10.0/aarch64-cortex-a57',
  'riscv64.mr': 'qemu-10.0/riscv64-virt',
  'q35.mr': 'qemu-10.0/q35',
  's390x.mr': 'qemu-10.0/s390x',
  'none.mr': 'qemu-10.0/none',
  'cortex-m.mr': 'qemu-10.0/cortex-m',
  'ignored.mr': 'qemu-11.1/ignore-shared',
} as const;
beforeAll(async () => {
  folder = await mkdtemp(join(scratchParent, 'extract-kdump-'));
  for (const [name, id] of Object.entries(CAPTURES)) await (await loadCapture(id)).writeTo(at(name));
});
afterAll(() => rm(folder, { recursive: true }));

const DUMPS = [
  ['zlib', 'aarch64.mr', true],
  ['zstd', 'riscv64.mr', true],
  ['none', 'aarch64.mr', true],
  ['zlib', 's390x.mr', false],
] as const;

describe('a kdump file', () => {
  it.each(allOrOneIn(3, DUMPS))(
    'with %s, of %s, has the memory and the notes of the core',
    async (compression, name, littleEndian) => {
      const report = await extractKdump(at(name), at('dump'), { compression, overwrite: true });
      await extractElf(at(name), at('core'), { overwrite: true });
      const core = await readElfCore(at('core'));
      const bytes = readFileSync(at('core'));
      const dump = await readKdump(at('dump'), littleEndian);
      expect(dump).toMatchObject({ pageSize: 4096, processors: report.processors, level: 1 });
      expect(report.pages).toBe(dump.pages.size);
      const zeros = [...dump.pages.values()].filter((page) => page?.every((byte) => byte === 0)).length;
      expect(report.zeroPages).toBe(zeros);
      let pages = 0;
      for (const { physicalAddress, fileBytes: lengthBytes, fileOffset } of core.segments) {
        for (let done = 0; done < lengthBytes; done += 4096) {
          const expected = bytes.subarray(fileOffset + done, fileOffset + done + 4096);
          const page = dump.pages.get(Number(physicalAddress / 4096n) + done / 4096);
          expect(page?.equals(expected), `${physicalAddress} + ${done}`).toBe(true);
          pages++;
        }
      }
      expect(pages).toBe(dump.pages.size);
      expect(bytes.includes(dump.notes)).toBe(true);
    },
  );

  it('is smaller the more it is compressed', async () => {
    const sizes = [];
    for (const compression of ['none', 'zlib'] as const) {
      sizes.push(
        (await extractKdump(at('aarch64.mr'), at('dump'), { compression, overwrite: true })).sizeBytes,
      );
    }
    expect(sizes[1]).toBeLessThan(sizes[0] as number);
  });

  it('is refused where it cannot be right, and then nothing is there', async () => {
    const before = readdirSync(folder);
    const refused = (name: string, options = {}) =>
      expect(extractKdump(at(name), at('refused'), options)).rejects;
    await refused('none.mr').toMatchObject({ code: 'unsupported' });
    await refused('cortex-m.mr').toMatchObject({ code: 'unsupported' });
    await refused('ignored.mr').toMatchObject({ code: 'unsupported' });
    await refused('q35.mr').toMatchObject({ code: 'unsupported' });
    await refused('aarch64.mr', { leaveOutFree: true }).toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('which pages are free cannot be told'),
    });
    const far = [{ address: 1n << 60n, block: 'mach-virt.ram' }];
    await refused('aarch64.mr', { map: far }).toMatchObject({ code: 'limit-exceeded' });
    const holes = Array.from({ length: 250 }, (_, index) => {
      return { address: BigInt(index + 16) << 26n, block: 'virt.flash0' };
    });
    await refused('aarch64.mr', { map: holes }).toMatchObject({
      code: 'limit-exceeded',
      message: expect.stringContaining('an ELF core keeps them as holes'),
    });
    const askew = [{ address: 0n, block: 'mach-virt.ram', blockOffset: 16, lengthBytes: 65536 }];
    await refused('aarch64.mr', { map: askew }).toMatchObject({ code: 'unsupported' });
    expect(readdirSync(folder)).toEqual(before);
  });
});
