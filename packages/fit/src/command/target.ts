import { architectureOf } from '@mapped-ram/facts';
import type { Snapshot } from '@mapped-ram/reader';
import { targetsOfMachine } from '@mapped-ram/releases';

/** The emulators of an architecture, the widest first: it runs the machines of the others as well. */
const WIDEST_FIRST: readonly string[] = [
  'x86_64',
  'i386',
  'aarch64',
  'arm',
  'riscv64',
  's390x',
  'ppc64',
  'avr',
];

const OF_ARCHITECTURE = {
  x86: ['x86_64', 'i386'],
  arm: ['aarch64', 'arm'],
  riscv: ['riscv64', 'riscv32'],
  s390x: ['s390x'],
  ppc: ['ppc64', 'ppc'],
} as const;

/** Targets whose pages have another size than 4 KiB (QEMU 10.0 to 11.1, target/ARCH/cpu-param.h). */
const OF_PAGE_SIZE: Readonly<Record<number, string>> = {
  256: 'avr',
  1024: 'arm',
  8192: 'alpha',
  16384: 'tricore',
};

/** The emulator that a snapshot's machine is of: by its processors, else by the size of its pages, else by its type. */
export function targetOf(
  snapshot: Snapshot,
  machine: string,
): { readonly target: string; readonly isSure: boolean } {
  const pageSize = snapshot.ramBlocks.find(({ pageSize }) => pageSize > 0)?.pageSize;
  const bySize = OF_PAGE_SIZE[pageSize ?? 0];
  const having = targetsOfMachine(machine);
  if (bySize !== undefined && (having.length === 0 || having.includes(bySize)))
    return { target: bySize, isSure: true };
  const architecture = architectureOf(snapshot);
  const own: readonly string[] = architecture === undefined ? WIDEST_FIRST : OF_ARCHITECTURE[architecture];
  const target = own.find((one) => having.includes(one)) ?? having[0] ?? own[0] ?? 'x86_64';
  return { target, isSure: architecture !== undefined || having.length === 1 };
}
