import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  allOrFew,
  allOrLast,
  captureInfo,
  loadCapture,
  restoringVersion,
  scratchParent,
  testedMachines,
} from '@mapped-ram/fixtures';
import { openSnapshot } from '@mapped-ram/reader';
import { openFileSource } from '@mapped-ram/reader/file';
import {
  findQemu,
  launchDestination,
  launchQemu,
  QEMU_VERSIONS,
  type QemuTarget,
  type QemuVm,
  restoreMappedRam,
  saveMappedRam,
} from '@mapped-ram/tool-qemu';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { derivePhysicalMap } from './derive-map.js';
import { memoryTree, rangeLine } from './testing/memory-tree.js';

/** The memory map of microcontrollers is not known; of virtio-mem's memory, QEMU shows also what the guest does not have. */
const NOT_COMPARED = /\/(avr|cortex-m|virtio-mem)$/;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(scratchParent, 'machine-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

const SPLIT_Q35 = ['q35, split by hand', ['-machine', 'q35,max-ram-below-4g=48M', '-m', '129M']] as const;

/** Machines with memory where it is split, plugged, shadowed or shown. */
const MACHINES: readonly (readonly [string, readonly string[]])[] = [
  ['q35, just not split', ['-machine', 'q35', '-m', '2815M']],
  ['q35, just split', ['-machine', 'q35', '-m', '2816M']],
  ['pc, just split', ['-machine', 'pc', '-m', '3584M', '-vga', 'std']],
  ['microvm, just split', ['-machine', 'microvm', '-m', '3073M']],
  SPLIT_Q35,
  ['pc, split by hand', ['-machine', 'pc,max-ram-below-4g=1G', '-m', '1088M']],
  ['isapc', ['-machine', 'isapc', '-cpu', '486', '-m', '16M']],
  [
    'two nodes and two DIMMs',
    [
      ...['-machine', 'q35', '-m', 'size=256M,slots=2,maxmem=2G'],
      ...['-object', 'memory-backend-ram,id=ram-node0,size=192M', '-numa', 'node,memdev=ram-node0'],
      ...['-object', 'memory-backend-ram,id=ram-node1,size=64M', '-numa', 'node,memdev=ram-node1'],
      ...['-object', 'memory-backend-ram,id=dimm1,size=128M', '-device', 'pc-dimm,memdev=dimm1'],
      ...['-object', 'memory-backend-ram,id=dimm2,size=256M', '-device', 'pc-dimm,memdev=dimm2'],
    ],
  ],
];

describe.each(allOrLast(QEMU_VERSIONS))('QEMU %s', (version) => {
  const captures = testedMachines()
    .map(captureInfo)
    .filter((info, turn) => restoringVersion(info, turn) === version && !NOT_COMPARED.test(info.id))
    .map((info) => ({ info, id: info.id, qemu: findQemu(version, info.machine.target as QemuTarget) }));

  it.skip.each(captures.filter(({ qemu }) => qemu.kind === 'missing'))(
    'missing tool: QEMU for $id',
    () => {},
  );

  it.each(captures.filter(({ qemu }) => qemu.kind === 'found'))(
    'has the memory of $id where the map says',
    async ({ id, info }) => {
      const path = join(folder, 'capture.mr');
      await (await loadCapture(id)).writeTo(path);
      const vm = await launchDestination(info.machine, { version });
      try {
        const offset = info.streamOffset === 0 ? '' : `,offset=${info.streamOffset}`;
        await restoreMappedRam(vm, { uri: `file:${path}${offset}`, capabilities: info.restoreCapabilities });
        await expectSameMap(path, info.streamOffset, vm);
      } finally {
        await vm.kill();
      }
    },
  );

  const qemu = findQemu(version);
  const title = qemu.kind === 'missing' ? `missing tool: ${qemu.reason}` : 'machines';
  describe.skipIf(qemu.kind === 'missing')(title, () => {
    it.each(allOrFew(MACHINES, [SPLIT_Q35]))('%s', async (_name, args) => {
      const path = join(folder, 'machine.mr');
      const vm = await launchQemu({ version, args: ['-nodefaults', ...args] });
      try {
        // SeaBIOS moves itself into RAM and finds the display, and then waits for something to boot. That of microvm does not move, nor halt.
        if (!args.includes('microvm')) await expect.poll(() => registersOf(vm)).toContain('HLT=1');
        await vm.qmp.execute('stop');
        expect(await saveMappedRam(vm, { uri: `file:${path}` })).toEqual({ kind: 'completed' });
        await expectSameMap(path, 0, vm);
      } finally {
        await vm.kill();
      }
    });
  });
});

function registersOf(vm: QemuVm): Promise<string> {
  return vm.qmp.execute('human-monitor-command', { 'command-line': 'info registers' });
}

async function expectSameMap(path: string, streamOffset: number, vm: QemuVm): Promise<void> {
  const source = await openFileSource(path);
  try {
    const snapshot = await openSnapshot(source, streamOffset === 0 ? {} : { streamOffset });
    const { ranges } = await derivePhysicalMap(snapshot);
    expect(ranges.map(rangeLine)).toEqual(await memoryTree(vm));
  } finally {
    await source.close();
  }
}
