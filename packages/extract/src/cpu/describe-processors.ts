import type { Architecture, PhysicalRange, StateFields } from '@mapped-ram/facts';
import { describeArmProcessors } from './arm.js';
import { type CoreProcessors, ElfMachine } from './core-description.js';
import { describePpcProcessors } from './ppc.js';
import { describeRiscvProcessors } from './riscv.js';
import { describeS390Processors } from './s390.js';
import { describeX86Processors } from './x86.js';

/**
 * Makes the notes of a core out of the decoded state of the processors, as `dump-guest-memory` writes them (QEMU 10.0 to
 * 11.1, target/ARCH/arch_dump.c).
 *
 * @param processors May be none: then the core has no registers.
 * @throws MappedRamError `unsupported` where a processor's state is not as it is known.
 */
export function describeProcessors(
  architecture: Architecture | undefined,
  processors: readonly StateFields[],
  ranges: readonly PhysicalRange[],
): CoreProcessors {
  switch (architecture) {
    case 'x86':
      return describeX86Processors(processors, ranges);
    case 'arm':
      return describeArmProcessors(processors);
    case 'riscv':
      return describeRiscvProcessors(processors);
    case 's390x':
      return describeS390Processors(processors);
    case 'ppc':
      return describePpcProcessors(processors);
    default:
      return { machine: ElfMachine.none, is64: true, littleEndian: true, notes: [] };
  }
}
