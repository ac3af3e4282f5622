import type { StateFields } from '@mapped-ram/facts';
import { type ElfNote, NoteType, NumberWriter } from '../elf/elf-note.js';
import { type CoreProcessors, ElfMachine } from './core-description.js';

const BIG_ENDIAN = { littleEndian: false } as const;
const SIXTEEN = Array.from({ length: 16 }, (_, index) => index);

/** Registers as NT_PRSTATUS, and all that s390x has beside them (target/s390x/arch_dump.c). */
export function describeS390Processors(processors: readonly StateFields[]): CoreProcessors {
  const notes = processors.flatMap((processor, index) => [
    note('CORE', NoteType.prstatus, status(processor, index + 1)),
    note('CORE', NoteType.fpregset, floating(processor)),
    note('LINUX', NoteType.s390Prefix, new NumberWriter(BIG_ENDIAN).u32(processor.integer('env.psa'))),
    note('LINUX', NoteType.s390ControlRegisters, numbers(processor.integers('env.cregs'))),
    note('LINUX', NoteType.s390Timer, numbers([processor.integer('env.cputm')])),
    note('LINUX', NoteType.s390TodCompare, numbers([processor.integer('env.ckc')])),
    note('LINUX', NoteType.s390TodRegister, new NumberWriter(BIG_ENDIAN).u32(processor.integer('env.todpr'))),
    note('LINUX', NoteType.s390VectorsLow, numbers(SIXTEEN.map((one) => half(processor, one, 1)))),
    note(
      'LINUX',
      NoteType.s390VectorsHigh,
      numbers(SIXTEEN.flatMap((one) => [half(processor, one + 16, 0), half(processor, one + 16, 1)])),
    ),
    note('LINUX', NoteType.s390GuardedStorage, numbers(guardedStorage(processor))),
  ]);
  return { machine: ElfMachine.s390, is64: true, littleEndian: false, notes };
}

function status(processor: StateFields, id: number): NumberWriter {
  return new NumberWriter(BIG_ENDIAN)
    .zeros(32)
    .u32(id)
    .zeros(76)
    .u64(processor.integer('env.psw.mask'), processor.integer('env.psw.addr'))
    .u64(...processor.integers('env.regs'))
    .u32(...processor.integers('env.aregs'))
    .zeros(16);
}

/** The floating point registers are the upper halves of the first vector registers. */
function floating(processor: StateFields): NumberWriter {
  const writer = new NumberWriter(BIG_ENDIAN).u32(processor.integerOrZero('env.fpc'), 0);
  return writer.u64(...SIXTEEN.map((index) => half(processor, index, 0)));
}

function half(processor: StateFields, register: number, index: number): bigint {
  return processor.integerOrZero(`env.vregs[${register}][${index}]`);
}

function guardedStorage(processor: StateFields): readonly bigint[] {
  return processor.has('env.gscb') ? processor.integers('env.gscb') : [0n, 0n, 0n, 0n];
}

function numbers(values: readonly bigint[]): NumberWriter {
  return new NumberWriter(BIG_ENDIAN).u64(...values);
}

function note(name: string, type: number, writer: NumberWriter): ElfNote {
  return { name, type, contents: writer.build() };
}
