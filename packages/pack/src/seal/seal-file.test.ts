import { execFileSync } from 'node:child_process';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { allOrFew, allOrOneIn, loadCapture, testedCaptures } from '@mapped-ram/fixtures';
import { digestSource, digestText, packFile, sealFile, unpackFile, verifyFile } from '@mapped-ram/pack/file';
import { memorySource, openSnapshot } from '@mapped-ram/reader';
import { openFileSource } from '@mapped-ram/reader/file';
import { hasProgram } from '@mapped-ram/tool-qemu';
import { beforeAll, describe, expect, it } from 'vitest';
import { scratchFolder } from '../testing/scratch.js';

const inScratch = scratchFolder();
const hasFsverity = hasProgram('fsverity', '--version') || hasProgram('fsverity', 'digest', process.execPath);
const hasSshKeygen = hasProgram('which', 'ssh-keygen');

async function digestOf(path: string): Promise<string> {
  const source = await openFileSource(path);
  try {
    return digestText(await digestSource(source));
  } finally {
    await source.close();
  }
}

describe.skipIf(!hasFsverity)(`fsverity digest${hasFsverity ? '' : ' (missing tool: fsverity)'}`, () => {
  const fsverity = (path: string) =>
    execFileSync('fsverity', ['digest', path], { encoding: 'utf8' }).split(' ')[0];

  it.each(testedCaptures())('is the same for %s', async (id) => {
    const path = inScratch('capture');
    await (await loadCapture(id)).writeTo(path);
    expect(await digestOf(path)).toBe(fsverity(path));
  });

  it.each(
    allOrOneIn(
      2,
      [0, 1, 4095, 4096, 4097, 128 * 4096, 128 * 4096 + 1, 128 * 128 * 4096, 128 * 128 * 4096 + 1],
      1,
    ),
  )('is the same for %i bytes, of data and of holes', async (sizeBytes) => {
    const path = inScratch('sized');
    writeFileSync(path, Buffer.alloc(sizeBytes, 'abcde'));
    expect(await digestOf(path)).toBe(fsverity(path));
    truncateSync(path, 0);
    truncateSync(path, sizeBytes);
    expect(await digestOf(path)).toBe(fsverity(path));
  });
});

describe('the digest', () => {
  it('is the known one of an empty file and of a line', async () => {
    // As `fsverity digest` of 1.5 printed them.
    expect(digestText(await digestSource(memorySource(new Uint8Array())))).toBe(
      'sha256:3d248ca542a24fc62d1c43b916eae5016878e2533c88238480b26128a1f1af95',
    );
  });
});

describe('a seal', () => {
  let original: Buffer;
  const path = () => inScratch('guest.mr');
  beforeAll(async () => {
    await (await loadCapture('qemu-10.0/pc')).writeTo(path());
    original = readFileSync(path());
    await sealFile(path());
  });

  it('is kept by the file as it was', async () => {
    expect(await verifyFile(path())).toMatchObject({ isSame: true, changedBlocks: 0, changes: [] });
    await expect(sealFile(path())).rejects.toMatchObject({ code: 'target-exists' });
  });

  it('names the page of any flipped bit', async () => {
    const snapshot = await openSnapshot(memorySource(original));
    const seal = `${path()}.seal`;
    const [rounds = 0] = allOrFew([40], [4]);
    let state = 3;
    for (let round = 0; round < rounds; round++) {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      const block = snapshot.ramBlocks[round % snapshot.ramBlocks.length];
      if (block === undefined) continue;
      const page = state % block.pageCount;
      const at = block.pagesOffset + page * block.pageSize + ((state >>> 5) % block.pageSize);
      const bytes = Buffer.from(original);
      bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << (state & 7)), at);
      writeFileSync(inScratch('flipped'), bytes);
      const report = await verifyFile(inScratch('flipped'), { sealPath: seal });
      expect(report).toMatchObject({ isSame: false, changedBlocks: 1 });
      expect(report.changes.some((change) => change.block === block.idstr && change.page === page)).toBe(
        true,
      );
    }
  });

  it('names the guest-physical address', async () => {
    const snapshot = await openSnapshot(memorySource(original));
    const ram = snapshot.ramBlocks.find(({ idstr }) => idstr === 'pc.ram');
    const bytes = Buffer.from(original);
    bytes.writeUInt8(0xaa, (ram?.pagesOffset ?? 0) + 5 * 4096 + 17);
    writeFileSync(inScratch('changed'), bytes);
    const { changes } = await verifyFile(inScratch('changed'), { sealPath: `${path()}.seal` });
    expect(changes).toEqual([
      expect.objectContaining({ block: 'pc.ram', page: 5, address: 0x5000n, lengthBytes: 4096 }),
    ]);
  });

  it('tells a file that is shorter or longer', async () => {
    for (const sizeBytes of [original.length - 1, original.length - 9000, original.length + 1]) {
      const bytes = Buffer.alloc(sizeBytes);
      original.copy(bytes);
      writeFileSync(inScratch('resized'), bytes);
      const report = await verifyFile(inScratch('resized'), { sealPath: `${path()}.seal` });
      expect(report).toMatchObject({ isSame: false, sizeBytes, sealedSizeBytes: original.length });
    }
  });

  it('is refused where it is damaged itself, wherever that is', async () => {
    const seal = readFileSync(`${path()}.seal`);
    const [step = 0] = allOrFew([151], [1001]);
    for (let at = 0; at < seal.length; at += step) {
      const bytes = Buffer.from(seal);
      bytes.writeUInt8(bytes.readUInt8(at) ^ 0x10, at);
      writeFileSync(inScratch('damaged.seal'), bytes);
      const outcome = await verifyFile(path(), { sealPath: inScratch('damaged.seal') }).catch(
        (error) => error,
      );
      // Another size is a size that changed, which the digest does not bear out either.
      expect(['bad-seal', 'limit-exceeded']).toContain(outcome.code);
    }
    for (const length of [0, 7, 40, 60, seal.length - 5, seal.length - 1]) {
      writeFileSync(inScratch('cut.seal'), seal.subarray(0, length));
      const error = await verifyFile(path(), { sealPath: inScratch('cut.seal') }).catch((reason) => reason);
      expect(['bad-seal', 'limit-exceeded']).toContain(error.code);
    }
  });

  it('travels inside a packed file, and is of what was packed', async () => {
    const packed = inScratch('guest.mr.zst');
    await packFile({ input: path(), output: packed });
    await expect(verifyFile(packed)).rejects.toMatchObject({ code: 'no-seal' });
    const { digest } = await sealFile(packed);
    expect(digestText(digest)).toBe(await digestOf(path()));
    expect(await verifyFile(packed)).toMatchObject({ isSame: true });
    await expect(sealFile(packed)).rejects.toMatchObject({ code: 'target-exists' });
    await sealFile(packed, { overwrite: true });
    await unpackFile({ input: packed, output: inScratch('again.mr') });
    expect(readFileSync(inScratch('again.mr')).equals(original)).toBe(true);
  });

  it('works on an image of libvirt and on any other file', async () => {
    const image = inScratch('image.save');
    await (await loadCapture('libvirt-11.3/save-sparse')).writeTo(image);
    await sealFile(image);
    expect(await verifyFile(image)).toMatchObject({ isSame: true });
    writeFileSync(inScratch('text'), 'no snapshot');
    await sealFile(inScratch('text'));
    writeFileSync(inScratch('text'), 'no snapshop');
    expect((await verifyFile(inScratch('text'))).changes).toEqual([{ byteOffset: 0, lengthBytes: 11 }]);
  });
});

describe.skipIf(!hasSshKeygen)(`a signature${hasSshKeygen ? '' : ' (missing tool: ssh-keygen)'}`, () => {
  const key = (name: string) => inScratch(name);
  beforeAll(async () => {
    for (const name of ['mine', 'other']) {
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', key(name)]);
    }
    const mine = readFileSync(key('mine.pub'), 'utf8');
    writeFileSync(key('allowed'), `me@example.org ${mine}`);
    writeFileSync(inScratch('signed'), 'what is signed');
    await sealFile(inScratch('signed'), { signWith: key('mine') });
  });

  it('counts with a file of allowed signers, or a public key', async () => {
    const file = inScratch('signed');
    expect(await verifyFile(file, { verifyWith: key('allowed') })).toMatchObject({
      isSame: true,
      signer: 'me@example.org',
    });
    expect(await verifyFile(file, { verifyWith: key('mine.pub') })).toMatchObject({ isSame: true });
  });

  it('does not count where somebody else made it, or nobody', async () => {
    const file = inScratch('signed');
    const failed = expect.objectContaining({ code: 'signature-failed' });
    await expect(verifyFile(file, { verifyWith: key('other.pub') })).rejects.toThrow(failed);
    writeFileSync(inScratch('unsigned'), 'what is signed');
    await sealFile(inScratch('unsigned'));
    await expect(verifyFile(inScratch('unsigned'), { verifyWith: key('mine.pub') })).rejects.toThrow(failed);
    await expect(sealFile(inScratch('unsigned'), { signWith: key('none'), overwrite: true })).rejects.toThrow(
      failed,
    );
  });
});
