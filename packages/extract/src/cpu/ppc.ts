import type { StateFields } from '@mapped-ram/facts';
import { NoteType, NumberWriter } from '../elf/elf-note.js';
import { type CoreProcessors, ElfMachine } from './core-description.js';

/** Numbers of special purpose registers. */
const Special = { xer: 1, lr: 8, ctr: 9, lpcr: 0x13e } as const;

/** Of LPCR: interrupts, and so the system, are little-endian. */
const INTERRUPTS_LITTLE_ENDIAN = 1n << 25n;

/** Registers as NT_PRSTATUS (target/ppc/arch_dump.c). Those for floating point and vectors are left out. */
export function describePpcProcessors(processors: readonly StateFields[]): CoreProcessors {
  const [first] = processors;
  const lpcr = first?.integers('env.spr')[Special.lpcr] ?? 0n;
  const littleEndian = (lpcr & INTERRUPTS_LITTLE_ENDIAN) !== 0n;
  const notes = processors.map((processor, index) => {
    const special = processor.integers('env.spr');
    const { xer, lr, ctr } = Special;
    const contents = new NumberWriter({ littleEndian })
      .zeros(32)
      .u32(index + 1)
      .zeros(76)
      .u64(...processor.integers('env.gpr').slice(0, 32))
      .u64(processor.integer('env.nip'), processor.integer('env.msr'), 0)
      .u64(special[ctr] ?? 0n, special[lr] ?? 0n, special[xer] ?? 0n, conditions(processor))
      .u64(0, 0, 0, 0, 0)
      .zeros(40)
      .build();
    return { name: 'CORE', type: NoteType.prstatus, contents };
  });
  return { machine: ElfMachine.ppc64, is64: true, littleEndian, notes };
}

/** The eight condition fields in one register, the first one the highest. */
function conditions(processor: StateFields): bigint {
  return processor.integers('env.crf').reduce((sum, field) => (sum << 4n) | (field & 0xfn), 0n);
}
