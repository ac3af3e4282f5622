import type { StateFields } from '@mapped-ram/facts';
import { type ElfNote, NoteType, NumberWriter } from '../elf/elf-note.js';
import { type CoreProcessors, ElfMachine } from './core-description.js';

/** Of the program status: the processor runs 32-bit instructions. */
const IS_32_BIT = 0x10n;

/** FPCR in the list of system registers: every 64-bit processor has it, and no other (op0 3, op1 3, CRn 4, CRm 4, op2 0). */
const FPCR_ID = 0x6030_0000_0013_da20n;

/** Which bits of the old, common status register are in FPSR and in FPCR. */
const FPSR_MASK = 0xf800_009fn;
const FPCR_MASK = 0x07ff_9f00n;

/** Registers as NT_PRSTATUS, and those for floating point (target/arm/arch_dump.c). */
export function describeArmProcessors(processors: readonly StateFields[]): CoreProcessors {
  const is64 = processors[0] === undefined || has64BitRegisters(processors[0]);
  const notesOf = is64 ? notes64 : notes32;
  return {
    machine: is64 ? ElfMachine.aarch64 : ElfMachine.arm,
    is64,
    littleEndian: true,
    notes: processors.flatMap((processor, index) => notesOf(processor, index + 1)),
  };
}

function has64BitRegisters(processor: StateFields): boolean {
  const name = ['cpreg_vmstate_indexes', 'cpu->cpreg_vmstate_indexes'].find((candidate) =>
    processor.has(candidate),
  );
  return name !== undefined && processor.integers(name).includes(FPCR_ID);
}

function notes64(processor: StateFields, id: number): ElfNote[] {
  const status = programStatus(processor);
  const is32 = (status & IS_32_BIT) !== 0n;
  const wide = processor.integers('env.xregs');
  const registers = is32
    ? [...processor.integers('env.regs').slice(0, 15), ...wide.slice(15, 31)]
    : wide.slice(0, 31);
  const pc = is32 ? processor.integers('env.regs')[15] : processor.integer('env.pc');
  const contents = new NumberWriter({ littleEndian: true })
    .zeros(32)
    .u32(id)
    .zeros(76)
    .u64(...registers, is32 ? 0n : (wide[31] ?? 0n), pc ?? 0n, status)
    .u32(1)
    .zeros(4)
    .build();
  const floating = new NumberWriter({ littleEndian: true });
  for (let index = 0; index < 32; index++) floating.u64(...vector(processor, index));
  const { fpsr, fpcr } = floatingStatus(processor);
  floating.u32(fpsr, fpcr).zeros(8);
  return [
    { name: 'CORE', type: NoteType.prstatus, contents },
    { name: 'CORE', type: NoteType.fpregset, contents: floating.build() },
  ];
}

function notes32(processor: StateFields, id: number): ElfNote[] {
  const hasFloating = processor.has('env.vfp.zregs[0].d');
  const contents = new NumberWriter({ littleEndian: true })
    .zeros(24)
    .u32(id)
    .zeros(44)
    .u32(...processor.integers('env.regs').slice(0, 16), programStatus(processor))
    .zeros(4)
    .u32(hasFloating ? 1 : 0)
    .build();
  const status: ElfNote = { name: 'CORE', type: NoteType.prstatus, contents };
  if (!hasFloating) return [status];
  const floating = new NumberWriter({ littleEndian: true });
  for (let index = 0; index < 16; index++) floating.u64(...vector(processor, index));
  const { fpsr, fpcr } = floatingStatus(processor);
  return [status, { name: 'LINUX', type: NoteType.armVfp, contents: floating.u32(fpsr | fpcr).build() }];
}

/** PSTATE or CPSR, whichever the processor has at the time: the state has both in one field. */
function programStatus(processor: StateFields): bigint {
  return processor.bytesAsInteger('cpsr');
}

/** The lower 128 bits of a vector register, the lower half first. */
function vector(processor: StateFields, index: number): readonly bigint[] {
  return processor.integers(`env.vfp.zregs[${index}].d`).slice(0, 2);
}

function floatingStatus(processor: StateFields): { fpsr: bigint; fpcr: bigint } {
  const common = processor.has('fpscr') ? processor.bytesAsInteger('fpscr') : 0n;
  return { fpsr: common & FPSR_MASK, fpcr: common & FPCR_MASK };
}
