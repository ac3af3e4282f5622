import { mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  allOrLast,
  captureInfo,
  loadCapture,
  ruleThatCannotTell,
  scratchParent,
  testedMachines,
} from '@mapped-ram/fixtures';
import { MappedRamError } from '@mapped-ram/format';
import { queryRamBlocks } from '@mapped-ram/qmp';
import {
  findQemu,
  launchDestination,
  openProcessMemory,
  QEMU_VERSIONS,
  type QemuTarget,
  type QemuVm,
  restoreMappedRam,
} from '@mapped-ram/tool-qemu';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { extractBlock } from './extract-block.js';
import { extractElf } from './extract-elf.js';
import { findCoreDifference, readElfCore } from './testing/elf-core.js';

/** Their memory maps are not known; the memory of ignored blocks is not in the file. */
const HAS_NO_CORE = /\/(avr|cortex-m|ignore-shared)$/;
/** QEMU cannot dump the memory of these targets; one dump would be of 4 GiB. */
const HAS_NO_DUMP = /\/(alpha-none|tricore-none|sparse-4g)$/;
/** Without a vmdescription, or processors, the state of processors is not known. */
const HAS_NO_REGISTERS = /\/(bare|no-configuration|no-vmdesc|none)$/;
/** QEMU changes the MSR when it loads; its notes of vector registers are not made. */
const HAS_OTHER_REGISTERS = /\/ppc64-pseries$/;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(scratchParent, 'extract-qemu-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe.each(allOrLast(QEMU_VERSIONS))('QEMU %s', (version) => {
  const captures = testedMachines()
    .map(captureInfo)
    .filter(({ id, restoreResults }) => {
      return id.startsWith(`qemu-${version}/`) && restoreResults[version]?.verdict === 'restores';
    })
    .map((info) => ({ info, id: info.id, qemu: findQemu(version, info.machine.target as QemuTarget) }));

  it.skip.each(captures.filter(({ qemu }) => qemu.kind === 'missing'))(
    'missing tool: QEMU for $id',
    () => {},
  );

  it.each(captures.filter(({ qemu }) => qemu.kind === 'found'))(
    'what is extracted of $id is what QEMU has after restoring it',
    async ({ id, info }) => {
      const path = join(folder, 'capture.mr');
      await (await loadCapture(id)).writeTo(path);
      const vm = await launchDestination(info.machine, { version });
      try {
        const offset = info.streamOffset === 0 ? '' : `,offset=${info.streamOffset}`;
        const settings = { uri: `file:${path}${offset}`, capabilities: info.restoreCapabilities };
        expect(await restoreMappedRam(vm, settings)).toEqual({ kind: 'completed' });
        const options = {
          overwrite: true,
          ...(info.streamOffset > 0 && { streamOffset: info.streamOffset }),
          // What is stale there could as well have lost its bits, and QEMU has zeros in its place.
          ...(ruleThatCannotTell(id) !== undefined && { dropUnmarkedPages: true }),
        };
        await expectSameBlocks(vm, path, options);
        if (!HAS_NO_CORE.test(id)) await expectSameCore(vm, id, path, options);
      } finally {
        await vm.kill();
      }
    },
  );
});

/** Every block, those of ROM and devices too. */
async function expectSameBlocks(vm: QemuVm, path: string, options: object): Promise<void> {
  const output = join(folder, 'block.raw');
  const memory = await openProcessMemory(vm);
  const expected = Buffer.alloc(4 * 1024 * 1024);
  const actual = Buffer.alloc(expected.length);
  let compared = 0;
  for (const { idstr, usedLength, hostAddress } of await queryRamBlocks(vm.qmp)) {
    const report = await extractBlock(path, idstr, output, options).catch((error: unknown) => {
      // What x-ignore-shared left out is in no file.
      if (error instanceof MappedRamError && error.code === 'unsupported') return undefined;
      throw error;
    });
    if (report === undefined) continue;
    expect(report.sizeBytes, idstr).toBe(usedLength);
    const file = await open(output);
    for (let at = 0; at < usedLength; at += expected.length) {
      const length = Math.min(expected.length, usedLength - at);
      await memory.read(expected.subarray(0, length), hostAddress + at);
      expect((await file.read(actual, 0, length, at)).bytesRead).toBe(length);
      const isSame = expected.subarray(0, length).equals(actual.subarray(0, length));
      expect(isSame, `${idstr} from ${at} on`).toBe(true);
    }
    await file.close();
    compared++;
  }
  await memory.close();
  expect(compared).toBeGreaterThan(0);
}

/** What QEMU's own dump has: segments, memory, and the notes. */
async function expectSameCore(vm: QemuVm, id: string, path: string, options: object): Promise<void> {
  const [output, dump] = [join(folder, 'core'), join(vm.folder, 'dump')];
  await extractElf(path, output, options);
  if (HAS_NO_DUMP.test(id)) return;
  await vm.qmp.execute(
    'dump-guest-memory',
    { paging: false, protocol: `file:${dump}` },
    { timeoutMs: Number.POSITIVE_INFINITY },
  );
  const [ours, theirs] = [await readElfCore(output), await readElfCore(dump)];
  const shape = ({ segments }: typeof ours) => segments.map(({ fileOffset, ...rest }) => rest);
  expect(shape(ours)).toEqual(shape(theirs));
  expect(await findCoreDifference([output, ours], [dump, theirs])).toBeUndefined();
  if (HAS_NO_REGISTERS.test(id)) expect(ours.notes).toEqual([]);
  else if (!HAS_OTHER_REGISTERS.test(id)) {
    expect(ours.notes).toEqual(theirs.notes);
    const { class: bits, littleEndian, type, machine } = theirs;
    expect(ours).toMatchObject({ class: bits, littleEndian, type, machine });
  }
}
