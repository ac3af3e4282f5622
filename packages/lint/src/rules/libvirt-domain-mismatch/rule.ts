import {
  findMachineMemory,
  findMemoryBackends,
  type LibvirtDomain,
  savedProcessors,
} from '@mapped-ram/facts';
import type { ByteSpan } from '@mapped-ram/reader';
import type { LintContext } from '../../context.js';
import type { Rule, RuleMatch } from '../../rule.js';
import { compareBackends, compareNodes, compareSlots } from './compare-nodes.js';

/** An alias, such as `q35` or `virt`, stands for another type in each release. */
const HAS_VERSION = /-\d+\.\d+$/;

type Check = (context: LintContext, domain: LibvirtDomain, span: ByteSpan) => RuleMatch | undefined;

export const libvirtDomainMismatchRule: Rule = {
  id: 'libvirt-domain-mismatch',
  title: 'The domain XML does not fit the stream',
  severity: 'warning',
  needs: 'bitmaps',
  clauses: ['CONTAINER-10'],
  description: `libvirt starts QEMU as the XML in the save image says, and QEMU loads the stream into that machine. The machine
type has to be the same, and so do the number of processors and the UUID, where the stream tells them. With mapped-ram QEMU does not compare the
size of the memory: it fails where a page lies beyond it, and otherwise the guest has less, or more, than the XML says. The NUMA nodes
and DIMMs of the stream all have to be there, and as many slots for DIMMs.

Machine types without a version (\`q35\`) are not compared: what they stand for depends on the release.`,
  qemu: [{ outcome: 'refused', says: 'QEMU, started as the XML says, does not take the stream.' }],
  remedy: 'Put the XML of the domain that was saved into the image: `mr relocate --xml FILE IN OUT`.',
  *check(context) {
    const { domain: reading } = context;
    if (reading?.kind !== 'read') return;
    for (const check of CHECKS) {
      const match = check(context, reading.domain, reading.span);
      if (match !== undefined) yield match;
    }
  },
};

const compareMachine: Check = ({ snapshot }, { machine }, span) => {
  const saved = snapshot.configuration?.machine;
  if (saved === undefined || machine === undefined || saved === machine) return undefined;
  if (!HAS_VERSION.test(machine) || !HAS_VERSION.test(saved)) return undefined;
  return {
    message: 'The domain XML gives another machine type than the stream.',
    span,
    where: 'libvirt.xml',
    expected: saved,
    actual: machine,
    behaviour: {
      outcome: 'refused',
      says: `QEMU: \`Machine type received is '${saved}' and local is '${machine}'\`.`,
    },
    metAt: snapshot.configuration?.byteOffset ?? span.byteOffset,
  };
};

const compareUuid: Check = ({ snapshot }, { uuid }, span) => {
  const saved = snapshot.configuration?.uuid;
  if (saved === undefined || uuid === undefined || plain(saved) === plain(uuid)) return undefined;
  return {
    message: 'The domain XML gives another UUID than the stream, which has one to be compared.',
    span,
    where: 'libvirt.xml',
    expected: saved,
    actual: uuid,
    behaviour: { outcome: 'refused', says: `QEMU: \`UUID received is ${saved} and local is ...\`.` },
    metAt: snapshot.configuration?.byteOffset ?? span.byteOffset,
  };
};

function plain(uuid: string): string {
  return uuid.replaceAll(/[-\s]/g, '').toLowerCase();
}

const compareMemory: Check = ({ snapshot, blocks }, { memoryBytes, root }, span) => {
  const machine = snapshot.configuration?.machine;
  const { base, dimms } = findMachineMemory(findMemoryBackends(snapshot.ramBlocks, machine), machine);
  const saved = [...base, ...dimms].reduce((sum, { usedLength }) => sum + usedLength, 0);
  if (memoryBytes === undefined || saved === 0 || hasGrowingMemory(root)) return undefined;
  if (saved === memoryBytes) return undefined;
  const [only, ...others] = [...base, ...dimms];
  const facts = others.length === 0 ? blocks.find(({ block }) => block === only) : undefined;
  const lastByte = ((facts?.bitmap?.lastSetPage ?? -1) + 1) * (only?.pageSize ?? 0);
  const isBeyond = lastByte > memoryBytes;
  return {
    message: isBeyond
      ? 'The domain XML gives less memory than the stream has pages in.'
      : 'The domain XML gives another size of memory than the stream.',
    span,
    where: 'libvirt.xml',
    expected: `${saved} bytes`,
    actual: `${memoryBytes} bytes`,
    behaviour: isBeyond
      ? { outcome: 'refused', says: 'QEMU: `Getting RAM address failed`, for a page beyond the memory.' }
      : { outcome: 'restores', says: 'Restores; QEMU does not compare the size.' },
    metAt: only?.headerOffset ?? span.byteOffset,
  };
};

/** Memory devices whose size in the XML is not that of their block. */
function hasGrowingMemory(root: LibvirtDomain['root']): boolean {
  const devices = root.children.find(({ name }) => name === 'devices');
  return (devices?.children ?? []).some(
    ({ name, attributes }) => name === 'memory' && attributes.model !== 'dimm',
  );
}

const compareProcessors: Check = ({ snapshot }, { processors, maxProcessors }, span) => {
  const { sections, mostPossible } = savedProcessors(snapshot);
  if (processors === undefined || sections.length === 0) return undefined;
  const place = { span, where: 'libvirt.xml' };
  if (processors < sections.length) {
    return {
      ...place,
      message: 'The domain XML gives fewer processors than the stream has the state of.',
      expected: String(sections.length),
      actual: String(processors),
      behaviour: { outcome: 'refused', says: 'QEMU: `Unknown section or instance`, for a processor.' },
      metAt: sections[processors]?.byteOffset ?? span.byteOffset,
    };
  }
  if (mostPossible !== undefined && maxProcessors !== undefined && mostPossible !== maxProcessors) {
    return {
      ...place,
      message: 'The domain XML gives room for another number of processors than the stream.',
      expected: String(mostPossible),
      actual: String(maxProcessors),
      behaviour: {
        outcome: 'refused',
        says: 'QEMU: the state of the device that adds processors has another length.',
      },
      metAt: sections[0]?.byteOffset ?? span.byteOffset,
    };
  }
  if (processors === sections.length) return undefined;
  return {
    ...place,
    message: 'The domain XML gives more processors than the stream has the state of.',
    expected: String(sections.length),
    actual: String(processors),
    behaviour: { outcome: 'restores', says: 'Restores; the others are as they are after a reset.' },
  };
};

const CHECKS: readonly Check[] = [
  ...[compareMachine, compareUuid],
  ...[compareNodes, compareBackends, compareSlots, compareMemory, compareProcessors],
];
