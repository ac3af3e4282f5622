import type { ElfEncoding, ElfNote } from '../elf/elf-note.js';

/** What a core says of the guest's processors. */
export interface CoreProcessors extends ElfEncoding {
  /** The ELF number of the architecture. */
  readonly machine: number;
  /** Registers of every processor, in the order in which QEMU's own dump has them. */
  readonly notes: readonly ElfNote[];
}

/** The ELF numbers of architectures. */
export const ElfMachine = {
  none: 0,
  i386: 3,
  ppc64: 21,
  s390: 22,
  arm: 40,
  x86_64: 62,
  aarch64: 183,
  riscv: 243,
} as const;
