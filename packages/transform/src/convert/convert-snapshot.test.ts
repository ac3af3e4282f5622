import { createHash } from 'node:crypto';
import {
  allOrFew,
  captureInfo,
  loadCapture,
  onlyInAll,
  ruleThatCannotTell,
  testedMachines,
} from '@mapped-ram/fixtures';
import { lintSource } from '@mapped-ram/lint';
import { type ByteSource, memorySource, openSnapshot, type Snapshot } from '@mapped-ram/reader';
import { openFileSource } from '@mapped-ram/reader/file';
import { type QemuVersion, saveMappedRam } from '@mapped-ram/tool-qemu';
import { memoryTarget } from '@mapped-ram/writer';
import { describe, expect, it } from 'vitest';
import { transformFile } from '../files.js';
import type { TransformOptions } from '../options.js';
import { findRestoreDifference, missingQemu, restore } from '../testing/restore.js';
import { streamOffsetOf, useScratch } from '../testing/scratch.js';
import type { StreamKind } from './convert-report.js';
import { convertSnapshot } from './convert-snapshot.js';

const HUGE_BYTES = 1024 * 1024 * 1024;
const scratch = useScratch();
const good = testedMachines()
  .map((id) => captureInfo(id))
  .filter((info) => info.good && info.sizeBytes < HUGE_BYTES);

async function convert(source: ByteSource, to: StreamKind, options: TransformOptions = {}) {
  const target = memoryTarget();
  const report = await convertSnapshot(source, target, to, options);
  return { report, source: memorySource(target.bytes as Uint8Array) };
}

/** What has to be the same after there and back. */
async function describeSnapshot(snapshot: Snapshot) {
  const memory: Uint8Array[] = [];
  for (const block of snapshot.ramBlocks) {
    const bytes = new Uint8Array(block.ignored ? 0 : block.usedLength);
    if (!block.ignored) await snapshot.readPages(block, 0, bytes);
    memory.push(bytes);
  }
  return {
    machine: snapshot.configuration?.machine,
    uuid: snapshot.configuration?.uuid,
    capabilities: snapshot.configuration?.capabilities?.map(({ value }) => value).sort(),
    vmdescription: snapshot.vmdescription?.json,
    blocks: snapshot.ramBlocks.map(({ idstr, usedLength, pageSize, ignored }) => ({
      idstr,
      usedLength,
      pageSize,
      ignored,
    })),
    sections: snapshot.sections.map((section) => [section.kind, section.kind === 'command' || section.idstr]),
    memory: memory.map((bytes) => createHash('sha1').update(bytes).digest('hex')),
  };
}

it.each(
  allOrFew(
    ['qemu-10.0/pc', 'qemu-10.0/aarch64-virt', 'qemu-11.1/ignore-shared', 'qemu-10.0/uuid'],
    ['qemu-11.1/ignore-shared', 'qemu-10.0/uuid'],
  ),
)('%s is the same to the last byte after there and back', async (id) => {
  const capture = await loadCapture(id);
  const stream = await convert(capture, 'stream');
  const back = await convert(stream.source, 'mapped-ram');
  const bytes = Buffer.alloc(back.source.sizeBytes);
  await back.source.read(bytes, 0);
  expect(bytes.equals(capture.bytes(0, capture.sizeBytes))).toBe(true);
});

it.each(good.map(({ id }) => id))('%s is the same after there and back', async (id) => {
  const capture = await loadCapture(id);
  const original = await openSnapshot(capture, streamOffsetOf(id));
  // What is stale there could as well have lost its bits, and no stream has it.
  const dropUnmarkedPages = ruleThatCannotTell(id) !== undefined;
  const stream = await convert(capture, 'stream', { ...streamOffsetOf(id), dropUnmarkedPages });
  const back = await convert(stream.source, 'mapped-ram');
  const snapshot = await openSnapshot(back.source);
  expect(await describeSnapshot(snapshot)).toEqual(await describeSnapshot(original));
  // Not every release that is known has every machine.
  const verdict = (await lintSource(capture, { deep: true, ...streamOffsetOf(id) })).verdict;
  expect((await lintSource(back.source, { deep: true })).verdict).toBe(verdict);
});

type Case = readonly [id: string, version: QemuVersion];
const CASES = allOrFew<Case>(
  [
    ['qemu-10.0/pc', '10.0'],
    ['qemu-10.0/q35', '10.0'],
    ['qemu-10.0/aarch64-virt', '10.0'],
    ['qemu-10.0/s390x', '10.0'],
    ['qemu-10.0/live', '10.0'],
    ['qemu-11.1/q35-devices', '11.1'],
    ['qemu-11.1/aarch64-virt', '11.1'],
  ],
  [['qemu-11.1/microvm', '11.1']],
);

describe.each(CASES)('%s', (id, version) => {
  const info = captureInfo(id);
  const missing = missingQemu(version, info.machine.target);

  it.skipIf(missing !== undefined)(
    missing === undefined
      ? `restores in QEMU ${version} as a classic stream, and back`
      : `missing tool: ${missing}`,
    async () => {
      const path = await scratch.capture(id);
      const [classic, back] = [scratch.path(`${id}-classic`), scratch.path(`${id}-back`)];
      await transformFile({ input: path, output: classic }, (source, target) =>
        convertSnapshot(source, target, 'stream'),
      );
      await transformFile({ input: classic, output: back }, (source, target) =>
        convertSnapshot(source, target, 'mapped-ram'),
      );
      for (const file of [{ path: classic, mappedRam: false }, { path: back }]) {
        expect(await findRestoreDifference(version, info.machine, { path }, file)).toBeUndefined();
      }
    },
  );

  onlyInAll(it.skipIf(missing !== undefined))(
    missing === undefined
      ? `restores in QEMU ${version} from a classic stream of QEMU's own`
      : `missing tool: ${missing}`,
    async () => {
      const path = await scratch.capture(id);
      const [classic, mapped] = [scratch.path(`${id}-qemu-classic`), scratch.path(`${id}-qemu-mapped`)];
      const vm = await restore(version, info.machine, { path });
      try {
        const capabilities = [{ capability: 'mapped-ram', state: false }];
        await vm.qmp.execute('migrate-set-capabilities', { capabilities });
        // A guest that goes on writing makes pages come more than once.
        if (id.includes('live')) await vm.qmp.execute('cont');
        const uri = `file:${classic}`;
        expect(await saveMappedRam(vm, { uri, mappedRam: false })).toEqual({ kind: 'completed' });
      } finally {
        await vm.kill();
      }
      await transformFile({ input: classic, output: mapped }, (source, target) =>
        convertSnapshot(source, target, 'mapped-ram'),
      );
      const source = await openFileSource(mapped);
      expect(await lintSource(source, { deep: true })).toMatchObject({ verdict: 'restores' });
      await source.close();
      const files = [{ path: classic, mappedRam: false }, { path: mapped }] as const;
      expect(await findRestoreDifference(version, info.machine, ...files)).toBeUndefined();
    },
  );
});

describe('a libvirt save image', () => {
  it('stays one, of the other format', async () => {
    const raw = await loadCapture('libvirt-11.3/save-raw');
    const sparse = await convert(raw, 'mapped-ram');
    const snapshot = await openSnapshot(sparse.source);
    expect(snapshot.libvirt).toMatchObject({ magic: 'LibvirtQemudSave', format: 6 });
    const back = await convert(sparse.source, 'stream');
    const again = await openSnapshot(back.source, { tolerant: true });
    expect(again).toMatchObject({ ramLayout: 'classic', libvirt: { format: 0 } });
    const head = Buffer.alloc(again.streamOffset);
    await back.source.read(head, 0);
    expect(head.equals(raw.bytes(0, again.streamOffset))).toBe(true);
  });

  const { machine, streamOffset } = captureInfo('libvirt-11.3/save-raw');
  const missing = missingQemu('10.0', machine.target);
  onlyInAll(it.skipIf(missing !== undefined))(
    missing === undefined ? 'restores in QEMU either way' : `missing tool: ${missing}`,
    async () => {
      const raw = await scratch.capture('libvirt-11.3/save-raw');
      const [sparse, back] = [scratch.path('sparse.save'), scratch.path('raw-again.save')];
      await transformFile({ input: raw, output: sparse }, (source, target) =>
        convertSnapshot(source, target, 'mapped-ram'),
      );
      await transformFile({ input: sparse, output: back }, (source, target) =>
        convertSnapshot(source, target, 'stream'),
      );
      const original = { path: raw, streamOffset, mappedRam: false };
      for (const file of [
        { path: sparse, streamOffset },
        { ...original, path: back },
      ]) {
        expect(await findRestoreDifference('10.0', machine, original, file)).toBeUndefined();
      }
    },
  );

  it('that is compressed is refused', async () => {
    const raw = await loadCapture('libvirt-11.3/save-raw');
    const zstd = raw.clone().patch(28, Uint8Array.of(5));
    await expect(convert(zstd, 'mapped-ram')).rejects.toMatchObject({
      code: 'unsupported',
      path: 'libvirt.format',
    });
  });
});

it('what is of that kind already is refused', async () => {
  const mapped = await loadCapture('qemu-10.0/none');
  await expect(convert(mapped, 'mapped-ram')).rejects.toMatchObject({ code: 'unsupported' });
  const classic = await convert(mapped, 'stream');
  await expect(convert(classic.source, 'stream')).rejects.toMatchObject({ code: 'unsupported' });
});

it.each([
  ['xbzrle', 0x40],
  ['compress', 0x100],
  ['multifd', 0x200],
])('a record of the capability %s is refused with the reason', async (capability, flag) => {
  const classic = await convert(await loadCapture('qemu-10.0/none'), 'stream');
  const bytes = Buffer.alloc(classic.source.sizeBytes);
  await classic.source.read(bytes, 0);
  const eosAndFooter = bytes.indexOf(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0x10, 0x7e));
  bytes.writeUInt32BE(flag, eosAndFooter + 4);
  const refused = convert(memorySource(bytes), 'mapped-ram');
  await expect(refused).rejects.toMatchObject({ code: 'forbidden-ram-flag' });
  await expect(refused).rejects.toThrow(capability);
});

it('a stream that is cut anywhere is refused', async () => {
  const classic = await convert(await loadCapture('qemu-10.0/none'), 'stream');
  const bytes = new Uint8Array(classic.source.sizeBytes);
  await classic.source.read(bytes, 0);
  for (let length = 0; length < bytes.length - 1100; length += 97) {
    await expect(convert(memorySource(bytes.subarray(0, length)), 'mapped-ram')).rejects.toHaveProperty(
      'code',
    );
  }
});
