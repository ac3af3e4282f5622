import type { StateFields } from '@mapped-ram/facts';
import { NoteType, NumberWriter } from '../elf/elf-note.js';
import { type CoreProcessors, ElfMachine } from './core-description.js';

const XLEN_32 = 1n;

/** Registers as NT_PRSTATUS (target/riscv/arch_dump.c). */
export function describeRiscvProcessors(processors: readonly StateFields[]): CoreProcessors {
  const is64 = processors[0]?.integer('env.misa_mxl') !== XLEN_32;
  const notes = processors.map((processor, index) => {
    const registers = [processor.integer('env.pc'), ...processor.integers('env.gpr').slice(1, 32)];
    const writer = new NumberWriter({ littleEndian: true });
    if (is64)
      writer
        .zeros(32)
        .u32(index + 1)
        .zeros(76)
        .u64(...registers)
        .zeros(8);
    else
      writer
        .zeros(24)
        .u32(index + 1)
        .zeros(44)
        .u32(...registers)
        .zeros(4);
    return { name: 'CORE', type: NoteType.prstatus, contents: writer.build() };
  });
  return { machine: ElfMachine.riscv, is64, littleEndian: true, notes };
}
