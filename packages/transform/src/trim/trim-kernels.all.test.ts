import { inTurn } from '@mapped-ram/fixtures';
import { findQemu, QEMU_VERSIONS } from '@mapped-ram/tool-qemu';
import { findLinuxGuest, LINUX_KERNELS, type LinuxKernelName } from '@mapped-ram/tool-qemu/linux-guest';
import { describe, expect, it } from 'vitest';
import { transformFile } from '../files.js';
import {
  fillCommand,
  filledMiB,
  type LinuxMachine,
  restoredLog,
  save,
  withLinux,
} from '../testing/linux-guest.js';
import { useScratch } from '../testing/scratch.js';
import { trimToCopy } from './trim-to-copy.js';

const scratch = useScratch();

/** A fifth of it is more than any of the kernels needs for itself: in 640 MiB the newest one ran out of memory now and then, trimmed or not. */
const MEMORY_MIB = 896;

/** Three zones: a part of the memory is above 4 GiB. */
const THREE_ZONES = ['-machine', 'pc-q35-10.0,max-ram-below-4g=400M'];

/** Two nodes, and page tables of five levels. */
const TWO_NODES = [
  ...['-machine', 'pc-q35-10.0', '-cpu', 'max', '-smp', '2,sockets=2'],
  ...['-object', 'memory-backend-ram,id=ram-node0,size=512M', '-numa', 'node,memdev=ram-node0,cpus=0'],
  ...['-object', 'memory-backend-ram,id=ram-node1,size=384M', '-numa', 'node,memdev=ram-node1,cpus=1'],
];

const ARM = ['-machine', 'virt-10.0', '-cpu', 'cortex-a57'];

/** A processor that has pages of 16 KiB: four of QEMU's. */
const ARM_16K = ['-machine', 'virt-10.0', '-cpu', 'max'];

interface Case {
  readonly kernel: LinuxKernelName;
  readonly args: readonly string[];
  readonly zones: readonly string[];
  readonly memoryMiB?: number;
  readonly kernelOptions?: string;
}

const CASES: readonly Case[] = [
  {
    ...{ kernel: 'bullseye', args: THREE_ZONES, zones: ['0 DMA', '0 DMA32', '0 Normal'] },
    // It would keep 64 MiB for devices that do not reach what is above 4 GiB.
    kernelOptions: 'swiotlb=noforce',
  },
  { kernel: 'bookworm', args: TWO_NODES, zones: ['0 DMA', '0 DMA32', '1 DMA32'] },
  { kernel: 'trixie', args: TWO_NODES, zones: ['0 DMA', '0 DMA32', '1 DMA32'] },
  { kernel: 'trixie-backports', args: TWO_NODES, zones: ['0 DMA', '0 DMA32', '1 DMA32'] },
  { kernel: 'arm64', args: ARM, zones: ['0 DMA'], memoryMiB: 640 },
  { kernel: 'arm64-16k', args: ARM_16K, zones: ['0 DMA'], memoryMiB: 640 },
];

/** Two kernels go on in each version; trim-linux.all.test.ts has one go on in both, and looks whether its log is that of one that was not trimmed. */
const IN_TURN = CASES.map((one, turn) => ({ ...one, version: inTurn(QEMU_VERSIONS, turn) }));

describe.each(IN_TURN)(
  'a guest with the kernel of $kernel',
  ({ kernel, version, args, zones, kernelOptions, memoryMiB = MEMORY_MIB }) => {
    const guest = findLinuxGuest(kernel);
    const { target } = LINUX_KERNELS[kernel];
    const missing = [guest, ...QEMU_VERSIONS.map((version) => findQemu(version, target))].find(
      (tool) => tool.kind === 'missing',
    );
    if (missing?.kind === 'missing' || guest.kind === 'missing') {
      it.skip(`missing tool: ${missing?.kind === 'missing' ? missing.reason : ''}`, () => {});
      return;
    }

    it('goes on without what it does not use, in every zone', async () => {
      const path = scratch.path(`${kernel}.mr`);
      const trimmed = scratch.path(`${kernel}-trimmed.mr`);
      const machine: LinuxMachine = { memoryMiB, args, target, ...(kernelOptions && { kernelOptions }) };
      await withLinux(guest, '10.0', machine, async (booted) => {
        expect(await booted.console.run(`${fillCommand(machine)}; echo status $?`)).toContain('status 0');
        await save(booted, path);
      });
      const { report } = await transformFile({ input: path, output: trimmed }, (source, target) =>
        trimToCopy(source, target),
      );
      expect(report.release).toBe(guest.release);
      expect(report.zones.map(({ node, name }) => `${node} ${name}`)).toEqual(zones);
      for (const { fault, droppedPages } of report.zones) {
        expect(fault).toBeUndefined();
        expect(droppedPages).toBeGreaterThan(0);
      }
      expect(report.droppedBytes).toBeGreaterThan(filledMiB(machine) * 2 ** 20 * 0.9);
      // QEMU 11.1 does not take the registers that a processor of arm64 has in 10.0, trimmed or not.
      await restoredLog(trimmed, target === 'aarch64' ? '10.0' : version, machine);
    });
  },
);
