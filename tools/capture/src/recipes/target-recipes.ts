import { MIB, machine } from '../machines.js';
import type { Machine, Recipe } from '../recipe.js';

const ram = (sizeBytes: number) => ({ name: 'ram0', sizeBytes });
const FIRMWARE: Pick<Machine, 'args' | 'files'> = {
  args: ['-bios', 'firmware.bin'],
  files: [{ name: 'firmware.bin', sizeBytes: 64 * 1024 }],
};

/** Guests that are not PCs: other page sizes, other RAM blocks, other device state. */
export const TARGET_RECIPES: readonly Recipe[] = [
  {
    name: 'aarch64-virt',
    what: 'An Arm virt machine: the configuration section tells the target page bits, and there are two flash blocks.',
    versions: ['10.0', '11.1'],
    machine: (version) => machine('aarch64', `virt-${version}`, 'mach-virt.ram', ram(16 * MIB)),
  },
  {
    name: 'aarch64-cortex-a57',
    what: 'An Arm virt machine with a 64-bit processor, whose system registers QEMU 11.1 does not all have.',
    versions: ['10.0', '11.1'],
    machine: () =>
      machine('aarch64', 'virt-10.0', 'mach-virt.ram', ram(16 * MIB), { args: ['-cpu', 'cortex-a57'] }),
  },
  {
    name: 'cortex-m',
    what: 'A Cortex-M board, whose pages are 1 KiB.',
    versions: ['10.0', '11.1'],
    machine: () => machine('arm', 'mps2-an385', 'mps.ram', ram(16 * MIB)),
  },
  {
    name: 'avr',
    what: 'An Arduino board, whose pages are 256 bytes; its memory is its flash with 64 KiB of content.',
    versions: ['10.0'],
    machine: () => ({
      target: 'avr',
      args: ['-nodefaults', '-machine', 'mega2560', ...FIRMWARE.args],
      memory: [],
      files: FIRMWARE.files,
    }),
  },
  {
    name: 's390x',
    what: 'An s390x machine; its storage attributes are a section that goes on beside the RAM section.',
    versions: ['10.0', '11.1'],
    machine: (version) => machine('s390x', `s390-ccw-virtio-${version}`, 's390.ram', ram(16 * MIB)),
    refillMemory: true,
    steps: ['start QEMU stopped', 'put the pattern into its memory, over the boot loader', 'save'],
  },
  {
    name: 'ppc64-pseries',
    what: 'A pseries machine; its page table is a section that goes on beside the RAM section.',
    versions: ['10.0', '11.1'],
    machine: (version) => machine('ppc64', `pseries-${version}`, 'ppc_spapr.ram', ram(256 * MIB), FIRMWARE),
  },
  {
    name: 'riscv64-virt',
    what: 'A RISC-V virt machine without firmware.',
    versions: ['10.0', '11.1'],
    machine: () =>
      machine('riscv64', 'virt', 'riscv_virt_board.ram', ram(16 * MIB), { args: ['-bios', 'none'] }),
  },
  {
    name: 'alpha-none',
    what: 'An Alpha machine without devices, whose pages are 8 KiB.',
    versions: ['10.0'],
    machine: () => machine('alpha', 'none', 'ram', ram(64 * 1024)),
  },
  {
    name: 'tricore-none',
    what: 'A TriCore machine without devices, whose pages are 16 KiB.',
    versions: ['10.0'],
    machine: () => machine('tricore', 'none', 'ram', ram(64 * 1024)),
  },
];
