import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { allOrFew, loadCapture, onlyInAll, testedMachines } from '@mapped-ram/fixtures';
import { packFile, unpackFile, unpackTo } from '@mapped-ram/pack/file';
import { directIoSupport } from '@mapped-ram/posix';
import { hasProgram } from '@mapped-ram/tool-qemu';
import { describe, expect, it } from 'vitest';
import { scratchFolder } from '../testing/scratch.js';

const inScratch = scratchFolder();
/** In memory, anything goes past the page cache. */
const onDisk = scratchFolder(tmpdir());
const MIB = 1024 * 1024;
const hasZstd = hasProgram('zstd', '--version');

/** Some MiB that do not compress, and some that do, with holes between. */
function mixedFile(name: string, sizeBytes: number): string {
  const path = inScratch(name);
  const bytes = Buffer.alloc(sizeBytes);
  let state = 1;
  for (let at = 3 * MIB; at < 12 * MIB; at += 4) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    bytes.writeUInt32LE(at % MIB < MIB / 2 ? state : state >>> 28, at);
  }
  bytes.write('the end', sizeBytes - 7);
  writeFileSync(path, bytes);
  return path;
}

/** How many descriptors of this process are open with O_DIRECT. */
function directDescriptors(): number {
  const O_DIRECT = 0o40000;
  return readdirSync('/proc/self/fdinfo').filter((fd) => {
    const info = existsSync(`/proc/self/fdinfo/${fd}`) ? readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8') : '';
    return (Number.parseInt(/^flags:\s+(\d+)/m.exec(info)?.[1] ?? '', 8) & O_DIRECT) !== 0;
  }).length;
}

describe.skipIf(!hasZstd)(`zstd -d${hasZstd ? '' : ' (missing tool: zstd)'}`, () => {
  it.each(testedMachines())('gives %s back', async (id) => {
    const [input, output, back] = [inScratch('in.mr'), inScratch('out.zst'), inScratch('back')];
    await (await loadCapture(id)).writeTo(input);
    await packFile({ input, output, overwrite: true });
    execFileSync('zstd', ['-dqf', output, '-o', back]);
    execFileSync('cmp', [input, back]);
    await unpackFile({ input: output, output: back, overwrite: true });
    execFileSync('cmp', [input, back]);
  });
});

describe('packFile', () => {
  onlyInAll(it)('makes the same bytes with any number of channels', async () => {
    const [mebibytes = 0] = allOrFew([70], [30]);
    const input = mixedFile('mixed', mebibytes * MIB + 12345);
    const numbers = allOrFew([undefined, 1, 3, 7], [1, 3]);
    const outputs: Buffer[] = [];
    for (const channels of numbers) {
      const output = inScratch(`mixed-${channels}.zst`);
      await packFile({ input, output }, { channels });
      outputs.push(readFileSync(output));
    }
    for (const bytes of outputs.slice(1)) expect(bytes.equals(outputs[0] as Buffer)).toBe(true);
    for (const channels of numbers) {
      const back = inScratch(`mixed-${channels}`);
      await unpackFile({ input: inScratch('mixed-1.zst'), output: back }, { channels });
      execFileSync('cmp', [input, back]);
    }
  });

  onlyInAll(it)(
    'reads and writes past the page cache, in files of any length, and gives the same bytes',
    async ({ skip }) => {
      const input = onDisk('direct');
      copyFileSync(mixedFile('direct', 20 * MIB + 12345), input);
      if (!directIoSupport(input).supported) return skip('the file system has no direct I/O');
      await packFile({ input, output: onDisk('cached.zst') });
      const notices: string[] = [];
      const seen = new Set<number>();
      const options = {
        directIo: true,
        onNotice: ({ message }: { message: string }) => void notices.push(message),
        onProgress: () => void seen.add(directDescriptors()),
      };
      for (const channels of [undefined, 2]) {
        const [output, back] = [onDisk(`direct-${channels}.zst`), onDisk(`direct-${channels}`)];
        await packFile({ input, output }, { ...options, channels });
        expect(readFileSync(output).equals(readFileSync(onDisk('cached.zst')))).toBe(true);
        await unpackFile({ input: output, output: back }, { ...options, channels });
        expect(readFileSync(back).equals(readFileSync(input))).toBe(true);
        expect(statSync(back).blocks).toBeLessThan(20 * 2048);
      }
      expect(notices).toEqual([]);
      // The one that is read, and the one that is written.
      expect([...seen]).toEqual([2]);
      expect(directDescriptors()).toBe(0);
    },
  );

  it('has holes cost next to nothing, and gives them back', async () => {
    const [input, output, back] = [inScratch('sparse'), inScratch('sparse.zst'), inScratch('sparse.back')];
    writeFileSync(input, 'x');
    truncateSync(input, 1024 * MIB + 1);
    await packFile({ input, output });
    expect(statSync(output).size).toBeLessThan(1024 * 33 + 1000);
    await unpackFile({ input: output, output: back });
    expect(statSync(back)).toMatchObject({ size: 1024 * MIB + 1 });
    expect(statSync(back).blocks).toBeLessThan(64);
  });

  it.each([0, 1, 4096, 256 * 1024, 256 * 1024 + 1])('packs %i bytes', async (sizeBytes) => {
    const [input, output, back] = [inScratch('small'), inScratch('small.zst'), inScratch('small.back')];
    writeFileSync(input, Buffer.alloc(sizeBytes, 'abc'));
    await packFile({ input, output, overwrite: true });
    await unpackFile({ input: output, output: back, overwrite: true });
    expect(readFileSync(back).equals(readFileSync(input))).toBe(true);
    const pieces: Buffer[] = [];
    await unpackTo(output, async (bytes) => void pieces.push(Buffer.from(bytes)));
    expect(Buffer.concat(pieces).equals(readFileSync(input))).toBe(true);
  });

  it('refuses what is packed already, and leaves nothing behind', async () => {
    const [input, output, twice] = [inScratch('once'), inScratch('once.zst'), inScratch('twice.zst')];
    writeFileSync(input, 'abc');
    await packFile({ input, output });
    await expect(packFile({ input: output, output: twice })).rejects.toMatchObject({ code: 'unsupported' });
    await expect(packFile({ input, output })).rejects.toMatchObject({ code: 'target-exists' });
    await expect(packFile({ input, output: twice }, { level: 20 })).rejects.toThrow(RangeError);
    await expect(packFile({ input, output: twice }, { frameBytes: 5000 })).rejects.toThrow(RangeError);
    expect(existsSync(twice)).toBe(false);
    expect(readdirSync(dirname(twice)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});
