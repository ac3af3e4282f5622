import {
  childOf,
  findMachineMemory,
  findMemoryBackends,
  type LibvirtDomain,
  memorySizeOf,
  objectIdOf,
  savedMemorySlots,
  type XmlElement,
} from '@mapped-ram/facts';
import type { ByteSpan } from '@mapped-ram/reader';
import type { LintContext } from '../../context.js';
import type { RuleMatch } from '../../rule.js';

/** What libvirt calls the memory of a NUMA node and of a DIMM (libvirt 11.3 to 12.9, src/qemu/qemu_command.c and qemu_alias.c). */
const NODE = /^ram-node\d+$/;
const DIMM = /^memdimm\d+$/;
const NO_SLOT = 'memdimm';

/** The first block of the stream that the machine of the XML has no memory for, which QEMU refuses. */
export function compareBackends(
  { snapshot }: LintContext,
  domain: LibvirtDomain,
  span: ByteSpan,
): RuleMatch | undefined {
  const machine = snapshot.configuration?.machine;
  const { base, dimms } = findMachineMemory(findMemoryBackends(snapshot.ramBlocks, machine), machine);
  const ids = backendsOf(domain);
  // libvirt chooses the slots of DIMMs that a person put in.
  const hasSlots = !ids.includes(NO_SLOT);
  const hasNodes = ids.some((id) => NODE.test(id));
  const unknown = [...base, ...dimms].find((block) => {
    const id = objectIdOf(block) ?? '';
    const isNamedByLibvirt = NODE.test(id) || (hasSlots && DIMM.test(id)) || (hasNodes && id === 'pc.ram');
    return isNamedByLibvirt && !ids.includes(id);
  });
  if (unknown === undefined) return undefined;
  return {
    message: `The domain XML gives no memory for the block "${unknown.idstr}" of the stream.`,
    span,
    where: 'libvirt.xml',
    expected: [...base, ...dimms].map(({ idstr }) => idstr).join(', '),
    actual: ids.length === 0 ? 'main RAM without NUMA nodes' : ids.join(', '),
    behaviour: {
      outcome: 'refused',
      says: `QEMU: \`Unknown ramblock "${unknown.idstr}", cannot accept migration\`.`,
    },
    metAt: unknown.byteOffset,
  };
}

/** NUMA nodes have to hold what is there without the DIMMs, or libvirt and QEMU do not even start. */
export function compareNodes(
  _context: LintContext,
  { root, memoryBytes }: LibvirtDomain,
  span: ByteSpan,
): RuleMatch | undefined {
  const cells = cellsOf(root).map(({ attributes }) =>
    memorySizeOf({ attributes, text: attributes.memory ?? '' }),
  );
  const devices = devicesOf(root).map((device) => memorySizeOf(childOf(childOf(device, 'target'), 'size')));
  const sizes = [...cells, ...devices];
  const isKnown = sizes.every((size) => size !== undefined);
  if (cells.length === 0 || memoryBytes === undefined || !isKnown) return undefined;
  const sum = sizes.reduce((total: number, size) => total + (size ?? 0), 0);
  if (sum === memoryBytes) return undefined;
  return {
    message: 'The NUMA nodes and DIMMs of the domain XML are not all of its memory.',
    span,
    where: 'libvirt.xml',
    expected: `${memoryBytes} bytes`,
    actual: `${sum} bytes`,
    behaviour: {
      outcome: 'refused',
      says: 'QEMU: `total memory for NUMA nodes should equal RAM size`, or libvirt: `Memory size must be specified`. No stream is read.',
    },
    metAt: 0,
  };
}

/** The state of the controller that adds DIMMs has an element for each slot. */
export function compareSlots(
  { snapshot }: LintContext,
  { root, qemuArguments }: LibvirtDomain,
  span: ByteSpan,
): RuleMatch | undefined {
  const saved = savedMemorySlots(snapshot);
  const given = Number(childOf(root, 'maxMemory')?.attributes.slots ?? 0);
  if (saved === undefined || saved === given || qemuArguments.includes('-m')) return undefined;
  return {
    message: 'The domain XML has another number of slots for DIMMs than the stream.',
    span,
    where: 'libvirt.xml',
    expected: String(saved),
    actual: String(given),
    behaviour: {
      outcome: 'refused',
      says: 'QEMU: the state of the device that adds DIMMs has another length.',
    },
    metAt: snapshot.sections[0]?.byteOffset ?? span.byteOffset,
  };
}

/** The memory backends that libvirt makes of NUMA nodes and DIMMs. */
function backendsOf({ root }: LibvirtDomain): string[] {
  return [
    ...cellsOf(root).map(({ attributes }, index) => `ram-node${attributes.id ?? index}`),
    ...devicesOf(root).map((device) => `memdimm${childOf(device, 'address')?.attributes.slot ?? ''}`),
  ];
}

function cellsOf(root: XmlElement): XmlElement[] {
  return childOf(childOf(root, 'cpu'), 'numa')?.children.filter(({ name }) => name === 'cell') ?? [];
}

function devicesOf(root: XmlElement): XmlElement[] {
  return childOf(root, 'devices')?.children.filter(({ name }) => name === 'memory') ?? [];
}
