import {
  childOf,
  findMachineMemory,
  type LibvirtDomain,
  memorySizeOf,
  objectIdOf,
  type XmlElement,
} from '@mapped-ram/facts';
import { formatOptions, MappedRamError } from '@mapped-ram/format';
import type { RamBlock } from '@mapped-ram/reader';
import type { BlockChoice } from './block-choice.js';
import { type BackendNames, memoryBackend, nameWithId } from './qemu-arguments.js';

/** libvirt makes objects of its own under the usual names, so these have others. */
const MAIN_RAM_ID = 'mr.ram';
const DIMM_PREFIX = 'mr.';

/** Memory that is mapped into a clone for libvirt, which libvirt itself knows nothing of. */
export interface LibvirtMemory {
  /** The blocks that are mapped, and what they are called in the clone. */
  readonly names: BackendNames;
  /** What QEMU is told of them, behind what libvirt tells it. */
  readonly qemuArguments: readonly string[];
}

/** A DIMM of the domain, and its memory in the snapshot. */
interface Dimm {
  readonly block: RamBlock;
  /** Of the device. */
  readonly id: string;
  readonly slot: string;
  /** `0x100000000`; absent where QEMU is to choose. */
  readonly address: string | undefined;
}

/**
 * How the memory of a domain is mapped: libvirt's arguments for the main RAM are overruled, and those for one NUMA node and its DIMMs are
 * left out and given here. Where memory can be plugged, QEMU makes that one node by itself (QEMU 10.0 to 11.1, hw/core/numa.c,
 * `numa_complete_configuration`: `auto_enable_numa_with_memhp`).
 *
 * @param choice Of the blocks of the snapshot.
 * @param machine Machine type of the snapshot.
 * @param path The snapshot's absolute path.
 * @throws MappedRamError `unsupported` where the domain has several nodes, or memory that is neither main RAM nor a DIMM of the snapshot.
 */
export function memoryOfClone(
  domain: LibvirtDomain,
  choice: BlockChoice,
  machine: string | undefined,
  path: string,
): LibvirtMemory {
  checkNodes(domain);
  const { base } = findMachineMemory(choice.mapped, machine);
  const mainRam = choice.mainRam ?? (base.length === 1 ? base[0] : undefined);
  if (mainRam === undefined || !choice.mapped.includes(mainRam)) {
    throw unsupported(
      'the machine has no main RAM in one block that libvirt could be given another backend for; mr clone --run starts it without libvirt',
      'ram',
    );
  }
  const dimms = nodesOf(domain).length === 0 ? [] : dimmsOf(domain, choice);
  return {
    names: new Map([
      [mainRam, nameWithId(mainRam, MAIN_RAM_ID)],
      ...dimms.map(({ block }) => [block, nameWithId(block, dimmBackend(block))] as const),
    ]),
    qemuArguments: [
      ...['-object', memoryBackend(mainRam, MAIN_RAM_ID, path)],
      ...['-machine', formatOptions(undefined, { 'memory-backend': MAIN_RAM_ID })],
      ...sizeArguments(domain, mainRam),
      ...dimms.flatMap((dimm) => dimmArguments(dimm, path)),
    ],
  };
}

/** The elements of a domain that say how its memory is made and backed: they would be about memory that nobody uses. */
export function memoryElements({ root }: LibvirtDomain): XmlElement[] {
  const own = root.children.filter(({ name }) => name === 'memoryBacking');
  const numa = childOf(childOf(root, 'cpu'), 'numa');
  if (numa === undefined) return own;
  return [
    ...own,
    numa,
    ...root.children.filter(({ name }) => name === 'maxMemory'),
    ...(childOf(root, 'numatune')?.children.filter(({ name }) => name === 'memnode') ?? []),
    ...memoryDevices(root),
  ];
}

/** libvirt gives each node a backend of its own, in a way that no argument overrules. */
function checkNodes(domain: LibvirtDomain): void {
  const nodes = nodesOf(domain);
  if (nodes.length <= 1) return;
  throw unsupported(
    `the domain has its memory in ${nodes.length} NUMA nodes, to which libvirt gives memory that cannot be replaced, as it can for one; ` +
      'mr clone --run starts it without libvirt',
    'libvirt.xml',
  );
}

function nodesOf({ root }: LibvirtDomain): XmlElement[] {
  const numa = childOf(childOf(root, 'cpu'), 'numa');
  return numa?.children.filter(({ name }) => name === 'cell') ?? [];
}

function memoryDevices(root: XmlElement): XmlElement[] {
  return childOf(root, 'devices')?.children.filter(({ name }) => name === 'memory') ?? [];
}

function dimmsOf({ root }: LibvirtDomain, { mapped }: BlockChoice): Dimm[] {
  return memoryDevices(root).map((element) => {
    const { model = '' } = element.attributes;
    if (model !== 'dimm') {
      throw unsupported(
        `the domain has a memory device of model ${JSON.stringify(model)}, and libvirt has these only beside NUMA nodes, which a clone cannot have; ` +
          'mr clone --run starts it without libvirt',
        'libvirt.xml',
      );
    }
    const { slot = '', base } = childOf(element, 'address')?.attributes ?? {};
    const alias = childOf(element, 'alias')?.attributes.name;
    const id = alias?.startsWith('ua-') ? alias : `dimm${slot}`;
    const block = mapped.find((candidate) => objectIdOf(candidate) === `mem${id}`);
    if (block === undefined || !/^\d+$/.test(slot) || !/^0x[\da-f]+$/i.test(base ?? '0x0')) {
      throw unsupported(`the snapshot has no memory for the DIMM ${id} of the domain`, 'libvirt.xml');
    }
    return { block, id, slot, address: base };
  });
}

/** Of one node: without it, QEMU would take the DIMMs for a part of what is there at the start. */
function sizeArguments(domain: LibvirtDomain, mainRam: RamBlock): string[] {
  const maximum = childOf(domain.root, 'maxMemory');
  if (nodesOf(domain).length === 0 || maximum === undefined) return [];
  const { slots = '0' } = maximum.attributes;
  const maxmem = memorySizeOf(maximum);
  if (maxmem === undefined || !/^\d+$/.test(slots)) {
    throw unsupported('the domain XML says in no known way how much memory there can be', 'libvirt.xml');
  }
  const size = { size: `${mainRam.usedLength}B`, slots, maxmem: `${maxmem}B` };
  return ['-m', formatOptions(undefined, size)];
}

function dimmArguments({ block, id, slot, address }: Dimm, path: string): string[] {
  const device = { id, memdev: dimmBackend(block), node: 0, slot: Number(slot) };
  return [
    ...['-object', memoryBackend(block, dimmBackend(block), path)],
    '-device',
    formatOptions('pc-dimm', { ...device, ...(address !== undefined && { addr: address }) }),
  ];
}

function dimmBackend(block: RamBlock): string {
  return `${DIMM_PREFIX}${objectIdOf(block)}`;
}

function unsupported(what: string, path: string): MappedRamError {
  return new MappedRamError('unsupported', { what, path });
}
