import type { StreamModel } from '@mapped-ram/reader';

/** A processor's architecture, as far as the snapshot's processors look alike. */
export type Architecture = 'x86' | 'arm' | 'riscv' | 's390x' | 'ppc';

/** A field that only the processors of one architecture have in their state (QEMU 10.0 to 11.1, target/ARCH/machine.c). */
const TELLING_FIELDS: readonly (readonly [field: string, architecture: Architecture])[] = [
  ['env.hflags', 'x86'],
  ['env.banked_spsr', 'arm'],
  ['env.mhartid', 'riscv'],
  ['env.psw.mask', 's390x'],
  ['env.nip', 'ppc'],
];

/** Where there is no description: main RAM whose name tells. */
const TELLING_BLOCKS: readonly (readonly [idstr: RegExp, architecture: Architecture])[] = [
  [/^(\/objects\/)?(pc|microvm)\.ram$|^pc\.(bios|rom)$/, 'x86'],
  [/^mach-virt\.ram$/, 'arm'],
  [/^riscv_virt_board\./, 'riscv'],
  [/^s390\.ram$/, 's390x'],
  [/^ppc_spapr\.ram$/, 'ppc'],
];

/** What processors a snapshot's machine has: from the description of their state, else from the names of blocks. */
export function architectureOf({ vmdescription, ramBlocks }: StreamModel): Architecture | undefined {
  const processor = vmdescription?.json?.devices.find(({ name }) => name === 'cpu');
  const fields = new Set(processor?.fields?.map(({ name }) => name));
  const byField = TELLING_FIELDS.find(([field]) => fields.has(field));
  const byBlock = TELLING_BLOCKS.find(([idstr]) => ramBlocks.some((block) => idstr.test(block.idstr)));
  return (byField ?? byBlock)?.[1];
}
