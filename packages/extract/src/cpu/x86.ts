import type { StateFields } from '@mapped-ram/facts';
import { endOf, type PhysicalRange } from '@mapped-ram/facts';
import { type ElfNote, NoteType, NumberWriter } from '../elf/elf-note.js';
import { type CoreProcessors, ElfMachine } from './core-description.js';

/** Of `env.hflags`: whether the processor is in long mode. */
const LONG_MODE = 1n << 14n;

const QEMU_STATE_VERSION = 1;
const QEMU_STATE_BYTES = 440;

/** Indices in `env.regs` and `env.segs`. */
const Register = { ax: 0, cx: 1, dx: 2, bx: 3, sp: 4, bp: 5, si: 6, di: 7 } as const;
const Segment = { es: 0, cs: 1, ss: 2, ds: 3, fs: 4, gs: 5 } as const;

/**
 * Registers as NT_PRSTATUS, and the note "QEMU" with segments and control registers (target/i386/arch_dump.c). Whether they are
 * those of a 64-bit processor goes by the first one, as in QEMU.
 */
export function describeX86Processors(
  processors: readonly StateFields[],
  ranges: readonly PhysicalRange[],
): CoreProcessors {
  const isLong = processors[0] === undefined || (processors[0].integer('env.hflags') & LONG_MODE) !== 0n;
  const status = isLong ? status64 : status32;
  const notes = [
    ...processors.map((processor, index): ElfNote => {
      return { name: 'CORE', type: NoteType.prstatus, contents: status(processor, index + 1) };
    }),
    ...processors.map((processor): ElfNote => {
      return { name: 'QEMU', type: NoteType.qemuCpuState, contents: qemuState(processor) };
    }),
  ];
  const reachesFar = ranges.some((range) => endOf(range) > 0xffff_ffffn);
  return {
    machine: isLong ? ElfMachine.x86_64 : ElfMachine.i386,
    is64: isLong || reachesFar,
    littleEndian: true,
    notes,
  };
}

function status64(processor: StateFields, id: number): Uint8Array {
  const register = registersOf(processor);
  const segment = (index: number) => processor.struct(`env.segs[${index}]`);
  const selector = (index: number) => segment(index).integer('selector');
  const { ax, bx, cx, dx, si, di, bp, sp } = Register;
  const { es, cs, ss, ds, fs, gs } = Segment;
  return new NumberWriter({ littleEndian: true })
    .zeros(32)
    .u32(id)
    .zeros(76)
    .u64(register(15), register(14), register(13), register(12), register(bp), register(bx))
    .u64(register(11), register(10), register(9), register(8), register(ax), register(cx))
    .u64(register(dx), register(si), register(di), 0, processor.integer('env.eip'), selector(cs))
    .u64(processor.integer('env.eflags'), register(sp), selector(ss))
    .u64(segment(fs).integer('base'), segment(gs).integer('base'))
    .u64(selector(ds), selector(es), selector(fs), selector(gs))
    .zeros(8)
    .build();
}

function status32(processor: StateFields, id: number): Uint8Array {
  const register = registersOf(processor);
  const selector = (index: number) => processor.struct(`env.segs[${index}]`).integer('selector') & 0xffffn;
  const { ax, bx, cx, dx, si, di, bp, sp } = Register;
  const { es, cs, ss, ds, fs, gs } = Segment;
  return new NumberWriter({ littleEndian: true })
    .zeros(24)
    .u32(id)
    .zeros(44)
    .u32(register(bx), register(cx), register(dx), register(si), register(di), register(bp), register(ax))
    .u32(selector(ds), selector(es), selector(fs), selector(gs), 0, processor.integer('env.eip'))
    .u32(selector(cs), processor.integer('env.eflags'), register(sp), selector(ss))
    .zeros(4)
    .build();
}

function qemuState(processor: StateFields): Uint8Array {
  const register = registersOf(processor);
  const writer = new NumberWriter({ littleEndian: true }).u32(QEMU_STATE_VERSION, QEMU_STATE_BYTES);
  const { ax, bx, cx, dx, si, di, sp, bp } = Register;
  for (const index of [ax, bx, cx, dx, si, di, sp, bp, 8, 9, 10, 11, 12, 13, 14, 15])
    writer.u64(register(index));
  writer.u64(processor.integer('env.eip'), processor.integer('env.eflags'));
  const { es, cs, ss, ds, fs, gs } = Segment;
  for (const index of [cs, ds, es, fs, gs, ss]) putSegment(writer, processor.struct(`env.segs[${index}]`));
  for (const name of ['ldt', 'tr', 'gdt', 'idt']) putSegment(writer, processor.struct(`env.${name}`));
  for (let index = 0; index <= 4; index++) writer.u64(processor.integerOrZero(`env.cr[${index}]`));
  return writer.u64(processor.integerOrZero('env.kernelgsbase')).build();
}

function putSegment(writer: NumberWriter, segment: StateFields): void {
  writer.u32(segment.integer('selector'), segment.integer('limit'), segment.integer('flags'), 0);
  writer.u64(segment.integer('base'));
}

/** A 32-bit QEMU has eight registers; the others count as 0. */
function registersOf(processor: StateFields): (index: number) => bigint {
  const registers = processor.integers('env.regs');
  return (index) => registers[index] ?? 0n;
}
