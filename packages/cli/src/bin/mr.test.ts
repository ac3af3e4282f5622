import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { allOrFew, loadCapture, onlyInAll, scratchParent } from '@mapped-ram/fixtures';
import { lintSource } from '@mapped-ram/lint';
import { packFile } from '@mapped-ram/pack/file';
import { openSnapshot } from '@mapped-ram/reader';
import { openFileSource } from '@mapped-ram/reader/file';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MR_PATH } from '../testing/programs.js';

const MIB = 1024 * 1024;

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(scratchParent, 'mr-bin-test-'));
  await makeLargeSnapshot(at('large.mr'));
  await packFile({ input: at('large.mr'), output: at('large.zst') });
  await (await loadCapture('qemu-10.0/pc')).writeTo(at('small.mr'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const at = (name: string) => join(folder, name);

/** A snapshot with 48 MiB of pages, more than the small disk takes. */
async function makeLargeSnapshot(path: string): Promise<void> {
  const image = await loadCapture('qemu-10.0/sparse-4g');
  const block = (await openSnapshot(image)).ramBlocks.reduce((a, b) => (a.usedLength < b.usedLength ? b : a));
  const lengthBytes = 48 * MIB;
  const pages = lengthBytes / block.pageSize;
  image.patch(block.bitmapOffset, new Uint8Array(pages / 8).fill(0xff));
  for (let offset = 0; offset < lengthBytes; offset += MIB) {
    image.patch(block.pagesOffset + offset, new Uint8Array(MIB).fill(1 + ((offset / MIB) % 255)));
  }
  await image.writeTo(path);
}

function start(...argv: string[]): ChildProcess {
  return spawn(process.execPath, [MR_PATH, ...argv], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function ended(child: ChildProcess) {
  let err = '';
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    err += text;
  });
  child.stdout?.resume();
  const [status, signal] = await once(child, 'close');
  return { status, signal, err };
}

const parts = () => readdirSync(folder).filter((name) => name.endsWith('.part'));

/** Has a program stop itself as soon as it has made the file that it will work on. */
const STOP_AT_PART = `
  import fs from 'node:fs/promises';
  import { syncBuiltinESMExports } from 'node:module';
  const { open } = fs;
  fs.open = async (path, ...rest) => {
    const handle = await open(path, ...rest);
    if (String(path).endsWith('.part')) process.kill(process.pid, 'SIGSTOP');
    return handle;
  };
  syncBuiltinESMExports();
`;

/** Starts a command. @returns it, stopped, when the work on its file is under way */
async function startAndStop(...argv: string[]): Promise<ChildProcess> {
  const preload = ['--import', `data:text/javascript,${encodeURIComponent(STOP_AT_PART)}`];
  const child = spawn(process.execPath, [...preload, MR_PATH, ...argv], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await expect.poll(() => /\) (\w)/.exec(readFileSync(`/proc/${child.pid}/stat`, 'latin1'))?.[1]).toBe('T');
  return child;
}

const MAKERS = [
  ['copy', 'large.mr', 'out.mr'],
  ['copy', '--channels', '3', 'large.mr', 'out.mr'],
  ['scrub', 'large.mr', 'out.mr'],
  ['relocate', '--offset', '0x1000', 'large.mr', 'out.mr'],
  ['convert', '--to', 'stream', 'large.mr', 'out.mr'],
  ['convert', '--channels', '3', '--to', 'stream', 'large.mr', 'out.mr'],
  ['pack', '--level', '9', 'large.mr', 'out.mr'],
  ['pack', '--level', '9', '--channels', '3', 'large.mr', 'out.mr'],
];

describe.each(allOrFew(MAKERS, MAKERS.slice(1, 2)))('mr %s', (...argv) => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('leaves nothing half-made when %s ends it', async (signal, status) => {
    const child = await startAndStop(...argv);
    child.kill(signal);
    child.kill('SIGCONT');
    expect(await ended(child)).toEqual({ status, signal: null, err: '' });
    expect(parts()).toEqual([]);
    expect(existsSync(at('out.mr'))).toBe(false);
  });

  it('leaves nothing that looks whole and is not when it is killed', async () => {
    const streamOffset = argv.includes('0x1000') ? 0x1000 : 0;
    for (const delayMs of [0, 15]) {
      const child = await startAndStop(...argv);
      child.kill('SIGCONT');
      // Wherever it is by then.
      await sleep(delayMs);
      child.kill('SIGKILL');
      await ended(child);
      // Once it has its name it is complete, and what is left under the other name is the same file.
      if (!existsSync(at('out.mr'))) {
        for (const part of parts()) expect(await verdictOn(part, streamOffset)).not.toBe('restores');
      } else if (argv[0] !== 'convert') {
        expect(await verdictOn('out.mr', streamOffset)).toBe('restores');
      }
      for (const name of [...parts(), 'out.mr']) rmSync(at(name), { force: true });
    }
  });
});

async function verdictOn(name: string, streamOffset: number) {
  const source = await openFileSource(at(name));
  try {
    return (await lintSource(source, { streamOffset })).verdict;
  } finally {
    await source.close();
  }
}

const isRoot = process.getuid?.() === 0;
describe.skipIf(!isRoot)(
  isRoot ? 'a full disk' : 'missing right: only root can mount a small file system',
  () => {
    const full = () => at('full');
    beforeAll(() => {
      mkdirSync(full());
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', full()]);
    });
    afterAll(() => execFileSync('umount', [full()]));

    it('leaves the file that mr map would have replaced', async () => {
      writeFileSync(at('full/map.svg'), 'precious');
      const rest = at('full/rest');
      writeFileSync(rest, '');
      expect(() => writeFileSync(rest, new Uint8Array(17 * MIB))).toThrow('ENOSPC');
      const { status, err } = await ended(start('map', '-f', 'small.mr', '-o', 'full/map.svg'));
      expect({ status, err }).toEqual({
        status: 2,
        err: 'mr map: full/map.svg: no space left on device at byte 0\n',
      });
      expect(readFileSync(at('full/map.svg'), 'utf8')).toBe('precious');
      for (const name of readdirSync(full())) rmSync(join(full(), name));
    });

    // What is packed fits.
    const large = [...MAKERS.filter(([name]) => name !== 'pack'), ['unpack', 'large.zst', 'out.mr']];
    it.each(
      allOrFew(large, [...large.slice(3, 4), ...large.slice(-1)]).map((argv) => [argv[0], argv] as const),
    )('is said by mr %s, which leaves nothing', async (name, argv) => {
      const output = join('full', 'out.mr');
      const { status, err } = await ended(start(...argv.with(-1, output)));
      expect({ status, files: readdirSync(full()) }).toEqual({ status: 2, files: [] });
      expect(err).toMatch(new RegExp(`^mr ${name}: ${output}: no space left on device`));
    });
  },
);

describe('what the system does not allow', () => {
  const limited = (limit: string, ...argv: string[]) => {
    const script = `ulimit ${limit}; exec "$@"`;
    return spawn('bash', ['-c', script, 'bash', process.execPath, MR_PATH, ...argv], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  };

  it.each([[], ['--channels', '2']])('a file so long, is one line: extract %j', async (...options) => {
    const argv = ['extract', ...options, '--block', 'pc.ram', 'small.mr', '-o', 'long.raw'];
    expect(await ended(limited('-f 1024', ...argv))).toEqual({
      status: 2,
      signal: null,
      err: 'mr extract: long.raw: file too large\n',
    });
    expect(parts()).toEqual([]);
  });

  describe('more open files', () => {
    const extract = async (count: number) => {
      rmSync(at('files.raw'), { force: true });
      const argv = ['extract', '--channels', '8', '--block', 'pc.ram', 'small.mr', '-o', 'files.raw'];
      const { status, err } = await ended(limited(`-n ${count}`, ...argv));
      expect(parts()).toEqual([]);
      return { status, err };
    };
    const refused = { status: 2, err: expect.stringMatching(/^mr.*: (.*EMFILE|too many open files)\n$/) };

    it('than two beside those of Node, is one line', async () => {
      const firstFree = execFileSync(process.execPath, ['-p', 'fs.openSync("/dev/null")'], {
        encoding: 'utf8',
      });
      expect(await extract(Number(firstFree) + 2)).toEqual(refused);
    });

    // Where all is done before the threads have started, they need none.
    it.each(allOrFew([24, 26, 28, 32, 40], [32]))(
      'than %i, is one line, or they are not needed',
      async (count) => {
        const { status, err } = await extract(count);
        if (status !== 0) expect({ status, err }).toEqual(refused);
        else
          expect({ err, sizeBytes: statSync(at('files.raw')).size }).toEqual({
            err: '',
            sizeBytes: 16 * MIB,
          });
      },
    );
  });
});

describe('small files', () => {
  it.each([
    ['devices', ['small.mr', 'timer', '--dump']],
    ['map', ['small.mr', '-o']],
  ] as const)('that mr %s makes are for their owner, and replace no pipe', async (name, argv) => {
    execFileSync('mkfifo', [at(`${name}-pipe.svg`)]);
    expect(await ended(start(name, '-f', ...argv, `${name}-pipe.svg`))).toMatchObject({ status: 2 });
    expect(await ended(start(name, ...argv, `${name}.svg`))).toMatchObject({ status: 0, err: '' });
    expect(statSync(at(`${name}.svg`)).mode & 0o777).toBe(0o600);
  });
});

describe('pipes', () => {
  it('carry a snapshot from one mr copy to another', async () => {
    const script = `"${process.execPath}" "${MR_PATH}" copy small.mr - | "${process.execPath}" "${MR_PATH}" copy - piped.mr`;
    execFileSync('sh', ['-c', script], { cwd: folder });
    expect(readFileSync(at('piped.mr')).equals(readFileSync(at('small.mr')))).toBe(true);
  });

  onlyInAll(it)('have no channels, and that is no matter', () => {
    const mr = `"${process.execPath}" "${MR_PATH}" copy --channels 4 --direct-io`;
    const script = `${mr} small.mr - | ${mr} - by-channels.mr`;
    const said = execFileSync('sh', ['-c', `(${script}) 2>&1`], { cwd: folder, encoding: 'utf8' });
    expect(said).toMatch(/^by-channels\.mr: .* long, .* on disk\n$/);
    expect(readFileSync(at('by-channels.mr')).equals(readFileSync(at('small.mr')))).toBe(true);
  });

  it('that break make no file', async () => {
    const script = `"${process.execPath}" "${MR_PATH}" copy small.mr - 2>/dev/null | head -c 3000000 | "${process.execPath}" "${MR_PATH}" copy - broken.mr`;
    const child = spawn('sh', ['-c', script], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    const { status, err } = await ended(child);
    expect(status).toBe(1);
    expect(err).toContain('mr copy: standard input: the data ends too early');
    expect(existsSync(at('broken.mr'))).toBe(false);
  });

  it.each(allOrFew(['copy', 'unpack'], ['unpack']))(
    'get no more than a small file gives reason to, unless that is said: %s',
    async (command) => {
      const bomb = await loadCapture('qemu-10.0/sparse-4g');
      await bomb.writeTo(at('holes.mr'));
      execFileSync(process.execPath, [MR_PATH, 'pack', 'holes.mr', 'holes.zst', '--force'], { cwd: folder });
      const input = command === 'copy' ? 'holes.mr' : 'holes.zst';
      const refused = await ended(start(command, input, '-'));
      expect(refused).toMatchObject({ status: 1 });
      expect(refused.err).toMatch(
        /^mr \w+: holes\.\w+: \d+ bytes would go into standard output; --large writes them.*\n$/,
      );
      const child = start(command, '--large', input, '-');
      await once(child.stdout as NodeJS.ReadableStream, 'data');
      child.stdout?.destroy();
      const { err } = await ended(child);
      expect(err).toMatch(/^mr \w+: holes\.\w+: 4 GiB go into standard output, out of [\d.]+ .iB on disk\n/);
    },
  );

  onlyInAll(it)('whose reader has seen enough end a copy with an error', async () => {
    const child = start('copy', 'large.mr', '-');
    await once(child.stdout as NodeJS.ReadableStream, 'data');
    child.stdout?.destroy();
    const { status, err } = await ended(child);
    expect(status).toBe(2);
    expect(err).toMatch(/\nmr copy: standard output: broken pipe\n$/);
  });
});
