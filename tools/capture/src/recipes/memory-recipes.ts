import { MIB, memoryArgs, pcMachine } from '../machines.js';
import type { Machine, Recipe } from '../recipe.js';

const KIB = 1024;

/** A NUMA node for each memory, each with a RAM block of its own. */
export function numaMachine(type: string, nodes: Machine['memory']): Machine {
  const sizeBytes = nodes.reduce((sum, node) => sum + node.sizeBytes, 0);
  return {
    target: 'x86_64',
    args: [
      ...['-nodefaults', '-machine', type, '-m', `size=${sizeBytes / KIB}k`, '-bios', 'firmware.bin'],
      ...nodes.flatMap((node, index) => [
        ...memoryArgs(`ram-node${index}`, node),
        ...['-numa', `node,nodeid=${index},memdev=ram-node${index}`],
      ]),
    ],
    memory: nodes,
    files: [{ name: 'firmware.bin', sizeBytes: 64 * KIB }],
  };
}

/** A PC with more memory than that in its main block. */
function withMoreMemory(type: string, more: Machine['memory'][number], args: readonly string[]): Machine {
  const main = { name: 'ram0', sizeBytes: 16 * MIB };
  const base = pcMachine(type, main);
  const size = base.args.indexOf(`size=${main.sizeBytes / KIB}k`);
  return {
    ...base,
    args: [
      ...base.args.with(size, `${base.args[size]},slots=2,maxmem=1G`),
      ...memoryArgs('mem1', more),
      ...args,
    ],
    memory: [main, more],
  };
}

/** How RAM is divided and how large it is. */
export const MEMORY_RECIPES: readonly Recipe[] = [
  {
    name: 'numa',
    what: 'A q35 with two NUMA nodes, so with two large RAM blocks of different sizes.',
    versions: ['10.0', '11.1'],
    machine: (version) =>
      numaMachine(`pc-q35-${version}`, [
        { name: 'node0', sizeBytes: 8 * MIB },
        { name: 'node1', sizeBytes: 6 * MIB, patternPages: 120 },
      ]),
  },
  {
    name: 'dimm',
    what: 'A q35 with a DIMM of 128 MiB in a hot-plug slot, larger than its main RAM.',
    versions: ['10.0'],
    machine: (version) =>
      withMoreMemory(`pc-q35-${version}`, { name: 'dimm1', sizeBytes: 128 * MIB, patternPages: 60 }, [
        '-device',
        'pc-dimm,id=dimm1,memdev=mem1',
      ]),
  },
  {
    name: 'virtio-mem',
    what: 'A q35 with a virtio-mem device that has nothing plugged in; its early section comes beside the RAM section.',
    versions: ['10.0', '11.1'],
    machine: (version) =>
      withMoreMemory(`pc-q35-${version}`, { name: 'vmem1', sizeBytes: 64 * MIB, patternPages: 0 }, [
        '-device',
        'virtio-mem-pci,id=vmem1,memdev=mem1',
      ]),
  },
  {
    name: 'odd-size',
    what: 'A microvm with 518 pages of RAM: the last word of its bitmap is used in part.',
    versions: ['10.0', '11.1'],
    machine: () => pcMachine('microvm', { name: 'ram0', sizeBytes: 518 * 4 * KIB }, [], 'microvm.ram'),
  },
  {
    name: 'sparse-4g',
    what: 'A microvm with 4 GiB of RAM, of which one page in five thousand is used.',
    versions: ['10.0'],
    machine: () =>
      pcMachine('microvm', { name: 'ram0', sizeBytes: 4096 * MIB, patternPages: 200 }, [], 'microvm.ram'),
  },
];
