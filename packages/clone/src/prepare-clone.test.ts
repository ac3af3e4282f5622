import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { allOrLast, loadCapture, type SparseImage, scratchParent } from '@mapped-ram/fixtures';
import { openSnapshot } from '@mapped-ram/reader';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareClone } from './prepare-clone.js';
import { scrubbed } from './testing/scrubbed.js';

let folder: string;
let made = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(scratchParent, 'clone-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function stored(image: SparseImage): Promise<string> {
  const path = join(folder, `${made++}.mr`);
  await image.writeTo(path);
  return path;
}

const prepared = async (image: SparseImage, options = {}) =>
  prepareClone(await stored(image), join(folder, `clone-${made++}`), options);

const capture = (id: string) => loadCapture(id);

describe('what is prepared', () => {
  it('is in clone.json as it is returned, and has all that a script needs', async () => {
    const path = await stored(await capture('qemu-10.0/q35'));
    const target = join(folder, 'contract');
    const clone = await prepareClone(path, target);
    expect(JSON.parse(readFileSync(join(target, 'clone.json'), 'utf8'))).toEqual(clone);
    expect(clone).toMatchObject({
      incomingUri: `file:${target}/state`,
      capabilities: { 'x-ignore-shared': true },
      mappedBlocks: ['pc.ram'],
      snapshot: path,
      machine: 'pc-q35-10.0',
    });
    expect(clone.qemuArgs).toEqual([
      ...['-machine', 'pc-q35-10.0,memory-backend=pc.ram', '-object', expect.any(String)],
      ...['-incoming', 'defer'],
    ]);
    expect(clone.qemuArgs[3]).toBe(
      `memory-backend-file,id=pc.ram,size=16777216,mem-path=${path},offset=1048576,share=off,rom=off,readonly=on,` +
        'x-use-canonical-path-for-ramblock-id=off',
    );
    expect(readdirSync(target).sort()).toEqual(['clone.json', 'state']);
  });

  it('is small, however large the memory is', async () => {
    const target = join(folder, 'small');
    await prepareClone(await stored(await capture('qemu-10.0/sparse-4g')), target);
    expect(statSync(join(target, 'state')).size).toBeLessThan(200_000);
  });

  it('doubles commas in the path, as QEMU wants them', async () => {
    const path = join(folder, 'with,comma.mr');
    await (await capture('qemu-10.0/none')).writeTo(path);
    const { qemuArgs } = await prepareClone(path, join(folder, 'comma'));
    expect(qemuArgs[3]).toContain(`mem-path=${folder}/with,,comma.mr,offset=`);
  });

  it('leaves an earlier clone alone unless told otherwise', async () => {
    const path = await stored(await capture('qemu-10.0/none'));
    const target = join(folder, 'twice');
    await prepareClone(path, target);
    await expect(prepareClone(path, target)).rejects.toMatchObject({ code: 'target-exists' });
    await expect(prepareClone(path, target, { overwrite: true })).resolves.toBeDefined();
  });

  it('is for its owner alone, and so are the folders that are made for it', async () => {
    const path = await stored(await capture('qemu-10.0/none'));
    const target = join(folder, 'made/for/it');
    await prepareClone(path, target);
    const modes = ['made', 'made/for', 'made/for/it', 'made/for/it/state', 'made/for/it/clone.json'].map(
      (name) => statSync(join(folder, name)).mode & 0o777,
    );
    expect(modes).toEqual([0o700, 0o700, 0o700, 0o600, 0o600]);
  });

  it('leaves nothing where it fails, and what was there as it was', async () => {
    const path = await stored(await capture('qemu-10.0/none'));
    await expect(prepareClone(path, join(folder, 'a,offset=1/b'))).rejects.toThrow(RangeError);
    expect(readdirSync(folder)).not.toContain('a,offset=1');
    const target = join(folder, 'half');
    mkdirSync(target);
    writeFileSync(join(target, 'state'), 'precious');
    await expect(prepareClone(path, target)).rejects.toMatchObject({ code: 'target-exists' });
    expect(readdirSync(target)).toEqual(['state']);
    expect(readFileSync(join(target, 'state'), 'utf8')).toBe('precious');
  });

  it('cannot be where a file is', async () => {
    writeFileSync(join(folder, 'a-file'), '');
    const path = await stored(await capture('qemu-10.0/none'));
    await expect(prepareClone(path, join(folder, 'a-file'))).rejects.toMatchObject({ code: 'write-failed' });
  });
});

describe('warnings', () => {
  it('tell of a file that can be written to, and not of one that cannot', async () => {
    const path = await stored(await capture('qemu-10.0/microvm'));
    const codes = async (name: string) =>
      (await prepareClone(path, join(folder, name))).warnings.map(({ code }) => code);
    expect(await codes('writable')).toEqual(['writable-file']);
    chmodSync(path, 0o400);
    expect(await codes('read-only')).toEqual([]);
  });

  it('tell of a machine that nobody tried', async () => {
    const { warnings } = await prepared(await capture('qemu-10.0/cortex-m'));
    expect(warnings.map(({ code }) => code)).toContain('unknown-machine');
  });
});

describe('refused', () => {
  it.each(['pc,dumpdtb=x', 'none,kernel=/x', 'a b', 'none\0,x=y'])(
    'is a machine that QEMU would take for options: %j',
    async (name) => {
      const image = await capture('qemu-10.0/pc');
      const { configuration } = await openSnapshot(image);
      const machine = configuration?.machine ?? '';
      image.patch(
        (configuration?.byteOffset ?? 0) + 5,
        Buffer.from(name.padEnd(machine.length, 'x'), 'latin1'),
      );
      const target = join(folder, `orders-${made++}`);
      await expect(prepareClone(await stored(image), target)).rejects.toMatchObject({
        code: 'unsupported',
        path: 'configuration.machine',
      });
      expect(existsSync(target)).toBe(false);
    },
  );

  it.each(allOrLast(['qemu-10.0/live', 'qemu-10.0/live-multifd', 'qemu-11.1/live']))(
    'is a live save, as long as stale bytes lie in it: %s',
    async (id) => {
      const image = await capture(id);
      await expect(prepared(image)).rejects.toMatchObject({
        code: 'unsupported',
        path: expect.stringMatching(/^ram\.blocks\[0\]\.pages\[\d+\]$/),
        message: expect.stringMatching(/mr scrub .* 56 pages of pc\.ram/),
      });
      expect(await prepared(await scrubbed(image))).toMatchObject({ mappedBlocks: ['pc.ram'] });
    },
  );

  it('is one byte that is not marked, anywhere in memory; in a live save none in what is not mapped', async () => {
    const image = await capture('qemu-10.0/q35');
    const { ramBlocks } = await openSnapshot(image);
    const byName = (name: string) => ramBlocks.find(({ idstr }) => idstr === name) ?? ramBlocks[0];
    const ram = byName('pc.ram');
    const rom = byName('pc.rom');
    const firstClear = async (block: typeof ram) => {
      if (block === undefined) throw new Error('no block');
      for await (const batch of (await openSnapshot(image)).runs(block, { clear: true })) {
        return block.pagesOffset + batch.firstPage(0) * block.pageSize;
      }
      throw new Error('no clear page');
    };
    const stale = image.clone().patch((await firstClear(ram)) + 4095, Uint8Array.of(1));
    await expect(prepared(stale)).rejects.toMatchObject({
      code: 'unmarked-pages',
      message: expect.stringMatching(/1 page of pc\.ram/),
    });
    const inRom = image.clone().patch(await firstClear(rom), Uint8Array.of(1));
    await expect(prepared(inRom)).rejects.toMatchObject({ code: 'unmarked-pages' });
    const live = await scrubbed(await capture('qemu-10.0/live'));
    const liveRom = (await openSnapshot(live)).ramBlocks.find(({ idstr }) => idstr === 'pc.rom');
    await prepared(live.clone().patch(liveRom?.pagesOffset ?? 0, Uint8Array.of(1)));
  });

  it.each(['qemu-10.0/background-snapshot', 'qemu-11.1/background-snapshot'])(
    'is a save without bitmaps, whose memory only looks stale: %s',
    async (id) => {
      await expect(prepared(await capture(id))).rejects.toMatchObject({ code: 'incomplete-save' });
    },
  );

  it('is a file that ends too early, a stream that is not mapped-ram, and memory that is elsewhere', async () => {
    await expect(prepared(await capture('qemu-10.0/killed'))).rejects.toMatchObject({
      code: 'unexpected-end',
    });
    await expect(prepared(await capture('libvirt-11.3/save-raw'))).rejects.toMatchObject({
      code: 'not-mapped-ram',
    });
    await expect(prepared(await capture('qemu-11.1/ignore-shared'))).rejects.toMatchObject({
      code: 'unsupported',
    });
  });

  it('leaves nothing that looks like a clone', async () => {
    const target = join(folder, 'nothing');
    mkdirSync(target);
    await prepareClone(await stored(await capture('qemu-10.0/live')), target).catch(() => {});
    expect(readdirSync(target)).toEqual([]);
  });
});
