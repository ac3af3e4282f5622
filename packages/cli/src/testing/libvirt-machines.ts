import { findOvmf } from '@mapped-ram/tool-qemu/libvirt';
import type { DomainParts } from './libvirt-bed.js';

const MIB = 1024 * 1024;

const ACPI = '<features><acpi/></features>';
const NODES = `<cpu><numa>
  <cell id='0' cpus='0' memory='8' unit='MiB'/><cell id='1' cpus='1' memory='8' unit='MiB'/>
</numa></cpu>`;
const ONE_NODE = `<cpu><numa><cell id='0' cpus='0-1' memory='16' unit='MiB'/></numa></cpu>`;
const SHARED_FILE = "<memoryBacking><source type='file'/><access mode='shared'/></memoryBacking>";

/** A kind of machine, as libvirt saves it. */
export interface LibvirtMachine {
  readonly kind: string;
  /** @param path where a file of the domain's is to lie */
  parts(path: (name: string) => string): DomainParts;
  /** Why it cannot be had. */
  readonly missing?: string;
}

const ovmf = findOvmf();

const UEFI: LibvirtMachine =
  ovmf.kind === 'missing'
    ? { kind: 'UEFI with nvram', parts: () => ({}), missing: ovmf.reason }
    : {
        kind: 'UEFI with nvram',
        parts: (path) => ({
          machine: 'q35',
          elements: ACPI,
          memoryMib: 64,
          memory: [[0, 64 * MIB]],
          firmware: { code: ovmf.code, variables: ovmf.variables, nvram: path('nvram.fd') },
        }),
      };

/** The kinds of machine that are tried. */
export const LIBVIRT_MACHINES: readonly LibvirtMachine[] = [
  { kind: 'pc', parts: () => ({}) },
  { kind: 'pc with two processors', parts: () => ({ elements: ACPI, processors: 2 }) },
  { kind: 'q35', parts: () => ({ machine: 'q35', elements: ACPI, processors: 2 }) },
  { kind: 'memfd', parts: () => ({ elements: "<memoryBacking><source type='memfd'/></memoryBacking>" }) },
  { kind: 'a file, shared', parts: () => ({ elements: SHARED_FILE }) },
  { kind: 'NUMA nodes', parts: () => ({ machine: 'q35', elements: NODES, processors: 2 }) },
  { kind: 'one NUMA node', parts: () => ({ machine: 'q35', elements: ONE_NODE, processors: 2 }) },
  {
    kind: 'a DIMM',
    parts: () => ({
      machine: 'q35',
      memoryMib: 32,
      memory: [
        [0, 16 * MIB],
        [4096 * MIB, 16 * MIB],
      ],
      filledFile: 'dimm0',
      elements: `<maxMemory slots='2' unit='MiB'>1024</maxMemory>${SHARED_FILE}${ACPI}${ONE_NODE}`,
      processors: 2,
      devices: `<memory model='dimm'><target><size unit='MiB'>16</size><node>0</node></target></memory>`,
    }),
  },
  {
    kind: 'a disk and a network card',
    parts: (path) => ({
      devices: `<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='${path('disk')}'/><target dev='vda' bus='virtio'/></disk>
      <interface type='user'><model type='virtio'/></interface>`,
    }),
  },
  UEFI,
];
