import { statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { allOrLast, captureInfo, loadCapture, type SparseImage } from '@mapped-ram/fixtures';
import { lintSource } from '@mapped-ram/lint';
import { memorySource, openSnapshot } from '@mapped-ram/reader';
import { openFileSource } from '@mapped-ram/reader/file';
import { launchQemu, QEMU_VERSIONS, saveMappedRam } from '@mapped-ram/tool-qemu';
import { memoryTarget } from '@mapped-ram/writer';
import { describe, expect, it } from 'vitest';
import { transformFile } from '../files.js';
import type { TransformOptions } from '../options.js';
import { missingQemu, restore } from '../testing/restore.js';
import { useScratch } from '../testing/scratch.js';
import type { RepairKind } from './repair-report.js';
import { repairSnapshot } from './repair-snapshot.js';

const scratch = useScratch();

async function repair(image: SparseImage, options: TransformOptions = {}) {
  const target = memoryTarget();
  const report = await repairSnapshot(image, target, options);
  const source = memorySource(target.bytes as Uint8Array);
  return { report, source, kinds: report.repairs.map(({ kind }) => kind) };
}

const hash = async (path: string) => {
  const { SparseImage } = await import('@mapped-ram/fixtures');
  return (await SparseImage.fromFile(path)).sha256();
};

describe.each(
  allOrLast([
    'qemu-10.0/background-snapshot',
    'qemu-10.0/background-snapshot-pc',
    'qemu-11.1/background-snapshot',
  ]),
)('%s', (id) => {
  const { machine } = captureInfo(id);
  const version = id.startsWith('qemu-11.1') ? '11.1' : '10.0';
  const missing = missingQemu(version, machine.target);

  it('gets its bitmaps and the end of its ram state back', async () => {
    const { report, source, kinds } = await repair(await loadCapture(id));
    expect(kinds).toEqual<RepairKind[]>(['ram-end', 'bitmaps']);
    expect(report.unknowns).toEqual([]);
    const linted = await lintSource(source, { deep: true, qemu: version });
    expect(linted.findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
    expect(linted.verdict).toBe('restores');
  });

  it.skipIf(missing !== undefined)(
    missing === undefined
      ? `restores in QEMU ${version} the memory that was saved`
      : `missing tool: ${missing}`,
    async () => {
      const input = await scratch.capture(id);
      const output = scratch.path(`repaired-${id}`);
      await transformFile({ input, output }, (source, target) => repairSnapshot(source, target));
      const vm = await restore(version, machine, { path: output });
      try {
        for (const { name, sha256 } of machine.memory) {
          expect(await hash(join(vm.folder, name))).toBe(sha256);
        }
      } finally {
        await vm.kill();
      }
    },
  );
});

/** A firmware that only jumps to itself. */
function idlingFirmware(): Uint8Array {
  const firmware = new Uint8Array(64 * 1024);
  firmware.set([0xeb, 0xfe], 0xfff0);
  return firmware;
}

describe.each(allOrLast(QEMU_VERSIONS))('a background snapshot of QEMU %s', (version) => {
  const missing = missingQemu(version, 'x86_64');

  it.skipIf(missing !== undefined).each(allOrLast(['q35', 'pc', 'isapc']))(
    missing === undefined
      ? 'of a %s with a pattern in its memory restores with it'
      : `missing tool: ${missing}`,
    async (type) => {
      const sizeBytes = 8 * 1024 * 1024;
      const pattern = new Uint8Array(sizeBytes);
      for (let at = 0x10_0000; at < sizeBytes; at += 3 * 4096) pattern.fill((at >> 12) & 0xff, at, at + 4096);
      const args = [
        ...['-nodefaults', '-machine', `${type},memory-backend=pc.ram`, '-m', '8M', '-bios', 'firmware.bin'],
        ...['-object', `memory-backend-file,id=pc.ram,size=${sizeBytes},mem-path=ram0,share=on`],
        ...(type === 'isapc' ? ['-cpu', '486'] : []),
      ];
      const prepare = async (folder: string) => {
        await writeFile(join(folder, 'firmware.bin'), idlingFirmware());
        await writeFile(join(folder, 'ram0'), pattern);
      };
      const bad = scratch.path(`background-${version}-${type}`);
      const vm = await launchQemu({ version, args: [...args, '-S'], prepare, parentFolder: '/dev/shm' });
      let saved: string;
      try {
        await vm.qmp.execute('cont');
        const outcome = await saveMappedRam(vm, {
          uri: `file:${bad}`,
          capabilities: ['background-snapshot'],
        });
        expect(outcome).toEqual({ kind: 'completed' });
        saved = await hash(join(vm.folder, 'ram0'));
      } finally {
        await vm.kill();
      }
      const good = `${bad}-repaired`;
      await transformFile({ input: bad, output: good }, (source, target) => repairSnapshot(source, target));
      const files = [{ name: 'firmware.bin', sizeBytes: 64 * 1024 }];
      const restored = await restore(version, { target: 'x86_64', args, files, memory: [] }, { path: good });
      try {
        expect(await hash(join(restored.folder, 'ram0'))).toBe(saved);
      } finally {
        await restored.kill();
      }
    },
  );
});

describe('the end of the stream', () => {
  const load = () => loadCapture('qemu-10.0/pc');

  async function endsOf(image: SparseImage) {
    const { endMarkerOffset = 0, vmdescription } = await openSnapshot(image);
    return { endMarkerOffset, vmdescription };
  }

  async function expectGood(result: Awaited<ReturnType<typeof repair>>, original: SparseImage) {
    expect((await lintSource(result.source, { deep: true })).verdict).toBe('restores');
    const { endMarkerOffset } = await endsOf(original);
    const bytes = Buffer.alloc(endMarkerOffset + 1);
    await result.source.read(bytes, 0);
    expect(bytes.equals(original.bytes(0, endMarkerOffset + 1))).toBe(true);
  }

  it('is added where it was cut off with all that follows it', async () => {
    const image = await load();
    const { endMarkerOffset } = await endsOf(image);
    const result = await repair(image.clone().truncate(endMarkerOffset));
    expect(result.kinds).toEqual(['end-marker']);
    expect(result.report.unknowns).toHaveLength(1);
    await expectGood(result, image);
  });

  it('is added where only its marker is missing', async () => {
    const image = await load();
    const { endMarkerOffset } = await endsOf(image);
    const result = await repair(image.clone().remove(endMarkerOffset, 1));
    expect(result.kinds).toEqual(['end-marker']);
    expect(result.report.unknowns).toEqual([]);
    await expectGood(result, image);
    expect(result.report.sizeBytes).toBe(image.sizeBytes);
  });

  it.each([
    ['cut', (image: SparseImage) => image.truncate(image.sizeBytes - 100)],
    ['garbled', (image: SparseImage) => image.patch(image.sizeBytes - 1000, new Uint8Array(10))],
  ])('loses a vmdescription that was %s', async (_what, damage) => {
    const image = await load();
    const result = await repair(damage(image.clone()));
    expect(result.kinds).toEqual(['vmdescription']);
    await expectGood(result, image);
  });

  it('is not made up where state of devices is missing', async () => {
    const image = await load();
    const { sections } = await openSnapshot(image);
    const last = sections.at(-1);
    const { endMarkerOffset } = await endsOf(image);
    if (last === undefined) throw new Error('no section');
    const cutInSection = image.clone().truncate(endMarkerOffset - 3);
    await expect(repair(cutInSection)).rejects.toHaveProperty('code');
    const sectionAndMarker = image.clone().remove(last.byteOffset, endMarkerOffset + 1 - last.byteOffset);
    await expect(repair(sectionAndMarker)).rejects.toMatchObject({ code: 'incomplete-save' });
  });
});

describe('a libvirt save image', () => {
  it('that was never marked as complete is', async () => {
    const image = await loadCapture('libvirt-11.3/save-sparse');
    const bad = image.clone().patch(0, new TextEncoder().encode('LibvirtQemudPart'));
    const { kinds, source, report } = await repair(bad);
    expect(kinds).toEqual(['libvirt-complete']);
    expect(report.unknowns).toHaveLength(1);
    expect(report.warnings).toEqual([expect.stringContaining('Do not restore the image over disks')]);
    const bytes = Buffer.alloc(source.sizeBytes);
    await source.read(bytes, 0);
    expect(bytes.equals(image.bytes(0, image.sizeBytes))).toBe(true);
  });

  it.each([
    ['libvirt-format', 28, 0],
    ['libvirt-format', 28, 1],
    ['libvirt-format', 28, 5],
    ['libvirt-format', 28, 9],
    ['libvirt-version', 16, 3],
  ])('%s: with %i as number at %i is as libvirt writes it', async (kind, byteOffset, value) => {
    const image = await loadCapture('libvirt-11.3/save-sparse');
    const bad = image.clone().patch(byteOffset, Uint8Array.of(value, 0, 0, 0));
    const { kinds, source, report } = await repair(bad);
    expect(kinds).toEqual([kind]);
    expect(report.warnings).toEqual([]);
    const bytes = Buffer.alloc(source.sizeBytes);
    await source.read(bytes, 0);
    expect(bytes.equals(image.bytes(0, image.sizeBytes))).toBe(true);
  });

  it('with the cookie outside of its data has none', async () => {
    const image = await loadCapture('libvirt-11.3/save-sparse');
    const { kinds, source } = await repair(image.clone().patch(32, Uint8Array.of(0, 0, 0, 1)));
    expect(kinds).toEqual(['libvirt-cookie']);
    const bytes = Buffer.alloc(source.sizeBytes);
    await source.read(bytes, 0);
    expect(bytes.readUInt32LE(32)).toBe(0);
    expect(bytes.subarray(36).equals(image.bytes(36, image.sizeBytes - 36))).toBe(true);
  });

  it('that names format 6 over a classic stream names format 0', async () => {
    const image = await loadCapture('libvirt-11.3/snapshot-sparse');
    const { kinds, source } = await repair(image);
    expect(kinds).toEqual(['libvirt-format']);
    const bytes = Buffer.alloc(source.sizeBytes);
    await source.read(bytes, 0);
    expect(bytes.readUInt32LE(28)).toBe(0);
    expect(bytes.subarray(32).equals(image.bytes(32, image.sizeBytes - 32))).toBe(true);
  });

  it('whose classic stream has no memory is not made', async () => {
    const image = await loadCapture('libvirt-11.3/snapshot-sparse');
    const stream = image.bytes(0, image.sizeBytes);
    const name = Buffer.from(stream).indexOf('\u0003ram') + 1;
    const input = scratch.path('no-memory.save');
    await image.clone().patch(name, new TextEncoder().encode('rom')).writeTo(input);
    const attempt = transformFile({ input, output: scratch.path('not-made.save') }, (source, target) =>
      repairSnapshot(source, target),
    );
    await expect(attempt).rejects.toMatchObject({
      code: 'not-restorable',
      message: expect.stringContaining('ram-section-missing'),
    });
    expect(() => statSync(scratch.path('not-made.save'))).toThrow('ENOENT');
  });

  it('that was never marked as complete, and is not, is refused', async () => {
    const image = await loadCapture('libvirt-11.3/save-sparse');
    const bad = image.clone().patch(0, new TextEncoder().encode('LibvirtQemudPart'));
    await expect(repair(bad.truncate(image.sizeBytes - 30_000))).rejects.toHaveProperty('code');
    const raw = await loadCapture('libvirt-11.3/snapshot-sparse');
    await expect(repair(raw.clone().truncate(raw.sizeBytes - 50_000))).rejects.toHaveProperty('code');
  });
});

describe('there is no repair', () => {
  it.each(allOrLast(['qemu-10.0/cancelled', 'qemu-11.1/cancelled', 'qemu-10.0/killed']))(
    'of %s: the data is gone',
    async (id) => {
      const input = await scratch.capture(id);
      const output = scratch.path(`not-${id}`);
      const attempt = transformFile({ input, output }, (source, target) => repairSnapshot(source, target));
      await expect(attempt).rejects.toMatchObject({ code: 'incomplete-save' });
      expect(() => statSync(output)).toThrow('ENOENT');
    },
  );

  it('of a file that is good', async () => {
    await expect(repair(await loadCapture('qemu-10.0/pc'))).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('of a file that is none', async () => {
    const garbage = (await loadCapture('qemu-10.0/pc')).clone().patch(0, new TextEncoder().encode('RIFF'));
    await expect(repair(garbage)).rejects.toMatchObject({ code: 'not-a-migration-stream' });
  });
});

it.each([
  ['qemu-10.0/pc', 0],
  ['qemu-10.0/live', 1],
])(
  'bitmaps that were zeroed are rebuilt, with a word about what cannot be known: %s',
  async (id, unknowns) => {
    const image = await loadCapture(id);
    const { ramBlocks } = await openSnapshot(image);
    const zeroed = image.clone();
    for (const block of ramBlocks) zeroed.patch(block.bitmapOffset, new Uint8Array(block.bitmapLengthBytes));
    const { kinds, report, source } = await repair(zeroed);
    expect(kinds).toEqual(['bitmaps']);
    expect(report.unknowns).toHaveLength(unknowns);
    if (unknowns > 0) return;
    const bytes = Buffer.alloc(source.sizeBytes);
    await source.read(bytes, 0);
    expect(bytes.equals(image.bytes(0, image.sizeBytes))).toBe(true);
  },
);

it('a repaired file on disk takes no more room than its pages', async () => {
  const input = await scratch.capture('qemu-10.0/background-snapshot-pc');
  const output = scratch.path('repaired.mr');
  const outcome = await transformFile({ input, output }, (source, target) => repairSnapshot(source, target));
  expect(outcome.outputAllocatedBytes).toBeLessThan(outcome.inputAllocatedBytes + 64 * 1024);
  const source = await openFileSource(output);
  expect((await lintSource(source, { deep: true })).verdict).toBe('restores');
  await source.close();
});
