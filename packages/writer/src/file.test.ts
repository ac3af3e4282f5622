import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allOrFew, loadCapture, SparseImage } from '@mapped-ram/fixtures';
import { openSnapshot } from '@mapped-ram/reader';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFileTarget, makeFile, writeWholeFile } from './file.js';
import { layoutOf } from './layout-of.js';
import { createSnapshot } from './snapshot-writer.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'writer-file-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string) => join(folder, name);
const modeOf = (name: string) => statSync(at(name)).mode & 0o777;
const bytes = (text: string) => new TextEncoder().encode(text);

describe('a file', () => {
  it('has its name only when it is whole', async () => {
    const target = await createFileTarget(at('new.mr'));
    await target.write([{ byteOffset: 100_000, bytes: bytes('end') }]);
    expect(readdirSync(folder)).toEqual([`.new.mr.${process.pid}.part`]);
    await target.commit();
    expect(readdirSync(folder)).toEqual(['new.mr']);
    const content = readFileSync(at('new.mr'));
    expect(content.length).toBe(100_003);
    expect(content.subarray(0, 100_000).every((byte) => byte === 0)).toBe(true);
    expect(modeOf('new.mr')).toBe(0o600);
  });

  it.each([true, false])(
    'can be on the disk before it is judged, sync %o, and be written to after',
    async (sync) => {
      const target = await createFileTarget(at('new.mr'), { sync });
      await target.write([{ byteOffset: 3, bytes: bytes('behind') }]);
      await target.flush();
      expect(readdirSync(folder)).toEqual([`.new.mr.${process.pid}.part`]);
      await target.write([{ byteOffset: 0, bytes: bytes('in ') }]);
      await target.commit();
      expect(readFileSync(at('new.mr'), 'utf8')).toBe('in behind');
    },
  );

  it('that was given up leaves nothing, also a second time and after the end', async () => {
    const target = await createFileTarget(at('new.mr'));
    await target.write([{ byteOffset: 0, bytes: bytes('x') }]);
    await target.abort();
    await target.abort();
    expect(readdirSync(folder)).toEqual([]);
    const whole = await createFileTarget(at('new.mr'));
    await whole.commit();
    await whole.abort();
    expect(readdirSync(folder)).toEqual(['new.mr']);
  });

  it('can be read before it has its name', async () => {
    const target = await createFileTarget(at('new.mr'));
    await target.write([{ byteOffset: 3, bytes: bytes('abc') }]);
    const source = await target.written();
    expect(source).toMatchObject({ name: at('new.mr'), sizeBytes: 6 });
    const read = new Uint8Array(10);
    expect(await source.read(read, 2)).toBe(4);
    expect(new TextDecoder().decode(read.subarray(0, 4))).toBe('\0abc');
    await target.abort();
  });

  it('that exists is not replaced, whenever it came to exist', async () => {
    writeFileSync(at('old.mr'), 'old');
    await expect(createFileTarget(at('old.mr'))).rejects.toMatchObject({ code: 'target-exists' });
    const target = await createFileTarget(at('new.mr'));
    writeFileSync(at('new.mr'), 'meanwhile');
    await expect(target.commit()).rejects.toMatchObject({ code: 'target-exists' });
    await target.abort();
    expect(readdirSync(folder).sort()).toEqual(['new.mr', 'old.mr']);
    expect(readFileSync(at('new.mr'), 'utf8')).toBe('meanwhile');
  });

  it('that is to be replaced stays until the end, and a link to it stays a link', async () => {
    writeFileSync(at('old.mr'), 'old');
    symlinkSync('old.mr', at('link.mr'));
    const target = await createFileTarget(at('link.mr'), { overwrite: true });
    await target.write([{ byteOffset: 0, bytes: bytes('new') }]);
    expect(readFileSync(at('old.mr'), 'utf8')).toBe('old');
    await target.commit();
    expect(readFileSync(at('old.mr'), 'utf8')).toBe('new');
    expect(readdirSync(folder).sort()).toEqual(['link.mr', 'old.mr']);
  });

  it('cannot replace what is no regular file', async () => {
    mkdirSync(at('folder'));
    execFileSync('mkfifo', [at('pipe')]);
    for (const path of [at('folder'), at('pipe'), '/dev/null']) {
      for (const overwrite of [true, false]) {
        const attempt = createFileTarget(path, { overwrite });
        const actual = path === at('folder') ? 'a directory' : 'a pipe, a socket or a device';
        await expect(attempt).rejects.toMatchObject({
          code: 'write-failed',
          expected: 'a regular file',
          actual,
        });
      }
    }
    await expect(createFileTarget(at('missing/new.mr'))).rejects.toMatchObject({ code: 'write-failed' });
  });

  it.each([
    [0o644, undefined, 0o600],
    [0o400, undefined, 0o400],
    [0o640, 0o666, 0o640],
    [0o666, 0o640, 0o640],
  ])('that is replaced and had %o lets nobody more in: %o asked, %o given', async (old, mode, expected) => {
    writeFileSync(at('old'), 'old');
    chmodSync(at('old'), old);
    const target = await createFileTarget(at('old'), { overwrite: true, mode });
    expect(statSync(target.partPath).mode & 0o777).toBe(0o600);
    await target.commit();
    expect(modeOf('old')).toBe(expected);
  });

  it('for everybody has the permissions that the umask leaves', async () => {
    const before = process.umask(0o027);
    try {
      await writeWholeFile(at('public'), 'x', { mode: 0o666 });
    } finally {
      process.umask(before);
    }
    expect(modeOf('public')).toBe(0o640);
  });

  it('is as long as it is told to be, and no longer than the system lets it', async () => {
    const target = await createFileTarget(at('long'));
    await target.resize(1_000_000);
    await expect(target.resize(2 ** 53 - 1)).rejects.toMatchObject({ code: 'write-failed' });
    await target.commit();
    expect(statSync(at('long'))).toMatchObject({ size: 1_000_000, blocks: 0 });
  });

  it('may be made twice at a time, and have the longest name there is', async () => {
    const name = 'x'.repeat(255);
    const [first, second] = [await createFileTarget(at(name)), await createFileTarget(at(name))];
    await first.commit();
    await expect(second.commit()).rejects.toMatchObject({ code: 'target-exists' });
    await second.abort();
    expect(readdirSync(folder)).toEqual([name]);
  });

  it('gives space back where holes can be made, and has zeros there where not', async () => {
    const punched: (readonly number[])[] = [];
    for (const punchHole of [
      undefined,
      () => false,
      (...range: [number, number, number]) => punched.push(range) > 0,
    ]) {
      const target = await createFileTarget(at('new.mr'), { overwrite: true, punchHole });
      await target.write([{ byteOffset: 0, bytes: new Uint8Array(3_000_000).fill(7) }]);
      await target.discard(1, 2_500_000);
      await target.commit();
      const zeros = punched.length > 0 ? 0 : 2_500_000;
      expect(readFileSync(at('new.mr')).filter((byte) => byte === 0).length).toBe(zeros);
    }
    expect(punched).toEqual([[expect.any(Number), 1, 2_500_000]]);
  });
});

describe('a file that is made at once', () => {
  it('holds bytes, or a text in UTF-8', async () => {
    await writeWholeFile(at('text'), 'é');
    expect(readFileSync(at('text'), 'hex')).toBe('c3a9');
    await writeWholeFile(at('text'), Uint8Array.of(7), { overwrite: true });
    expect(readFileSync(at('text'), 'hex')).toBe('07');
  });

  it('is as it was when its making fails', async () => {
    writeFileSync(at('old'), 'old');
    const failed = makeFile(at('old'), { overwrite: true }, async (target) => {
      await target.write([{ byteOffset: 0, bytes: bytes('half') }]);
      throw new Error('enough');
    });
    await expect(failed).rejects.toThrow('enough');
    expect(readdirSync(folder)).toEqual(['old']);
    expect(readFileSync(at('old'), 'utf8')).toBe('old');
  });
});

it.each(allOrFew(['qemu-10.0/sparse-4g'], ['qemu-10.0/microvm']))(
  'a copy of %s takes no more room than its pages',
  async (id) => {
    const capture = await loadCapture(id);
    const snapshot = await openSnapshot(capture);
    const target = await createFileTarget(at('copy.mr'));
    const writer = await createSnapshot(target, layoutOf(snapshot, capture));
    for (const [index, block] of snapshot.ramBlocks.entries()) {
      for await (const batch of snapshot.pages(block)) await writer.writeRuns(index, batch);
    }
    const { setPages } = await writer.finish();
    const { size, blocks } = statSync(at('copy.mr'));
    expect(size).toBe(capture.sizeBytes);
    const used = setPages.reduce((sum, count) => sum + count, 0) * 4096;
    const outsideBytes = 1024 * 1024;
    expect(blocks * 512).toBeLessThan(used + outsideBytes);
    expect((await SparseImage.fromFile(at('copy.mr'))).extents.map(({ byteOffset }) => byteOffset)).toEqual(
      expect.arrayContaining([0, snapshot.ramBlocks[0]?.pagesOffset]),
    );
  },
);

it('rewriting the same 16 MiB over and over leaves a file as large as writing them once', async () => {
  const capture = await loadCapture('qemu-10.0/q35');
  const snapshot = await openSnapshot(capture);
  const pages = new Uint8Array(16 * 1024 * 1024).fill(1);
  const sizes: number[] = [];
  for (const rewrites of [1, 50]) {
    const target = await createFileTarget(at('often.mr'), { overwrite: true });
    const writer = await createSnapshot(target, layoutOf(snapshot, capture));
    for (let round = 0; round < rewrites; round++) {
      await writer.writePages(0, 0, pages);
      await writer.round();
    }
    await writer.finish();
    const { size, blocks } = statSync(at('often.mr'));
    sizes.push(size, blocks);
  }
  expect(sizes.slice(2)).toEqual(sizes.slice(0, 2));
});
