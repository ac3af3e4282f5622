import {
  findMachineMemory,
  findMainRam,
  findMemoryBackends,
  findStruct,
  hasObjectPath,
  type MachineMemory,
  objectIdOf,
} from '@mapped-ram/facts';
import { formatOptions } from '@mapped-ram/format';
import { findDevice, type RamBlock, type Snapshot, type VmsdStruct } from '@mapped-ram/reader';
import type { MachineRecord } from '../record/machine-record.js';
import { recordedModule } from '../record/recorded-module.js';
import type { CommandBuilder } from './machine-command.js';

/** What the ids of memory are that QEMU makes by itself for `-m`. */
const DEFAULT_IDS = /^(pc|microvm|mach-virt|s390|ppc_spapr|riscv_virt_board|mps)?\.?ram$/;

/** Adds memory to the command line: `-m`, backends, NUMA nodes and DIMMs. Returns what `-machine` is to be told. */
export function addMemory(
  snapshot: Snapshot,
  machine: string,
  builder: CommandBuilder,
  record?: MachineRecord,
): Readonly<Record<string, string>> {
  const blocks = snapshot.ramBlocks.filter(
    (block) => !block.idstr.includes('/') || hasObjectPath(block.idstr),
  );
  const { base, dimms, assumptions } = memoryOf(blocks, machine, record);
  for (const assumption of assumptions) {
    builder.isUnknown(
      `which memory the guest had at which address. Taken are ${assumption}: in another order QEMU restores, and the guest finds other memory than it had`,
    );
  }
  const total = base.reduce((sum, { usedLength }) => sum + usedLength, 0);
  const slots = memorySlots(snapshot);
  const plugged = [...dimms, ...pluggedBlocks(snapshot)];
  if (total > 0) builder.add('-m', sizeValue(total, plugged, slots));
  const main = findMainRam(findMemoryBackends(blocks, machine));
  for (const block of snapshot.ramBlocks.filter(({ ignored }) => ignored)) {
    builder.isByHand(
      `the memory ${block.idstr} is not in the file (x-ignore-shared): give its backend the file that it was in, with share=on`,
    );
  }
  if (main !== undefined) {
    const id = objectIdOf(main);
    const isDefault = !main.ignored && !hasObjectPath(main.idstr) && DEFAULT_IDS.test(main.idstr);
    const forDimms = addDimms(dimms, builder, record);
    if (isDefault || id === undefined) return forDimms;
    addBackend(builder, main);
    return { 'memory-backend': id, ...forDimms };
  }
  for (const [nodeid, block] of base.entries()) {
    const id = addBackend(builder, block);
    if (id !== undefined) builder.add('-numa', formatOptions('node', { nodeid, memdev: id }));
  }
  if (base.length > 0)
    builder.isUnknown('which processors each NUMA node has (-numa cpus=), and the distances between nodes');
  return addDimms(dimms, builder, record);
}

/** What the machine starts with and what is plugged in, in the order of their addresses: as a record tells, or else as names do. */
function memoryOf(
  blocks: readonly RamBlock[],
  machine: string,
  record: MachineRecord | undefined,
): MachineMemory {
  if (record?.memory === undefined) return findMachineMemory(blocks, machine);
  const { memory } = record;
  const addressOf = ({ idstr }: RamBlock) => memory.find(({ block }) => block === idstr)?.address;
  const inOrder = (some: readonly RamBlock[]) =>
    [...some].sort((a, b) => (addressOf(a) ?? 0) - (addressOf(b) ?? 0));
  const isModule = (block: RamBlock) => recordedModule(record, block) !== undefined;
  const { base, dimms, assumptions } = findMachineMemory(
    blocks.filter((block) => !isModule(block)),
    machine,
  );
  const isTold = [...base, ...dimms].every((block) => addressOf(block) !== undefined);
  return {
    base: inOrder(base),
    dimms: inOrder([...dimms, ...blocks.filter(isModule)]),
    assumptions: isTold ? [] : assumptions,
  };
}

function sizeValue(total: number, plugged: readonly RamBlock[], slots: number | undefined): string {
  const size = kibibytes(total);
  if (plugged.length === 0 && slots === undefined) return formatOptions(undefined, { size });
  const more = plugged.reduce((sum, { usedLength }) => sum + usedLength, 0);
  const count = slots ?? plugged.length;
  return formatOptions(undefined, {
    size,
    slots: Math.max(count, 1),
    maxmem: kibibytes(roundToGibibytes(total + more)),
  });
}

const GIBIBYTE = 2 ** 30;

/** DIMMs are placed at addresses of their own alignment, so some room is left between them. */
function roundToGibibytes(lengthBytes: number): number {
  return (Math.ceil(lengthBytes / GIBIBYTE) + 1) * GIBIBYTE;
}

function kibibytes(lengthBytes: number): string {
  return lengthBytes % 1024 === 0 ? `${lengthBytes / 1024}K` : `${lengthBytes}B`;
}

/** @returns What `-machine` is to be told. */
function addDimms(
  dimms: readonly RamBlock[],
  builder: CommandBuilder,
  record: MachineRecord | undefined,
): Readonly<Record<string, string>> {
  let hasPersistent = false;
  for (const block of dimms) {
    const id = addBackend(builder, block);
    if (id === undefined) continue;
    const { type = 'pc-dimm', place } = (record && recordedModule(record, block)) ?? {};
    hasPersistent ||= type === 'nvdimm';
    builder.add('-device', formatOptions(type, { memdev: id, ...place }));
  }
  return hasPersistent ? { nvdimm: 'on' } : {};
}

/** Adds a memory backend for a block. @returns its id */
export function addBackend(
  builder: CommandBuilder,
  block: RamBlock,
  id = objectIdOf(block),
): string | undefined {
  if (id === undefined) {
    builder.isByHand(`no memory backend can have the name of the block ${block.idstr}`);
    return undefined;
  }
  const size = block.usedLength;
  const naming = hasObjectPath(block.idstr) ? { 'x-use-canonical-path-for-ramblock-id': 'on' } : {};
  if (!block.ignored) builder.add('-object', formatOptions('memory-backend-ram', { id, size, ...naming }));
  else {
    const values = { id, size, 'mem-path': `${id}.mem`, share: 'on' };
    builder.add('-object', formatOptions('memory-backend-file', values), 'the file that this memory is in');
  }
  return id;
}

/** Memory that devices bring, such as that of virtio-mem: its block has the device's place in front. */
function pluggedBlocks({ ramBlocks }: Snapshot): RamBlock[] {
  return ramBlocks.filter((block) => isPlugged(block));
}

/** Whether a block is the memory backend of a device on PCI: a name like that of an object behind the place. */
export function isPlugged({ idstr }: RamBlock): boolean {
  const [, name] = /^[0-9a-f]{4}:[0-9a-f:.]+\/([A-Za-z][A-Za-z0-9_-]*)$/.exec(idstr) ?? [];
  return name !== undefined;
}

/** How many slots for memory the board's controller has (hw/acpi/memory_hotplug.c, `vmstate_memory_hotplug`). */
function memorySlots(snapshot: Snapshot): number | undefined {
  const json = snapshot.vmdescription?.json;
  if (json === undefined) return undefined;
  for (const section of snapshot.sections) {
    if (section.kind !== 'full') continue;
    const device = findDevice(json, section.idstr, section.instanceId);
    const found = device && findStruct(device, 'memory hotplug state');
    if (found !== undefined) return elements(found) || undefined;
  }
  return undefined;
}

function elements({ fields = [] }: VmsdStruct): number {
  return fields.filter(({ name }) => name === 'devs').reduce((sum, { array_len = 1 }) => sum + array_len, 0);
}
