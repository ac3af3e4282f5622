import { type ElfEncoding, NumberWriter } from './elf-note.js';

/** A stretch of addresses of a core and where its memory is. */
export interface CoreSegment {
  readonly virtualAddress: bigint;
  readonly physicalAddress: bigint;
  readonly lengthBytes: number;
  /** Where in the core's memory it begins, in bytes. */
  readonly memoryOffset: number;
}

/** What is before the memory of a core. */
export interface CoreHead {
  readonly bytes: Uint8Array;
  /** Where in the file the memory begins: a multiple of 4096. */
  readonly memoryOffset: number;
}

const TYPE_CORE = 4;
const VERSION = 1;
const PROGRAM_NOTE = 4;
const PROGRAM_LOAD = 1;
const MEMORY_ALIGNMENT = 4096;

/** From so many program headers on, their number is in a section header (PN_XNUM). */
const MANY_HEADERS = 0xffff;

const sizes64 = { header: 64, program: 56, section: 64 } as const;
const sizes32 = { header: 52, program: 32, section: 40 } as const;

/**
 * Everything of an ELF core but its memory: header, a program header for the notes and one for each segment, the notes.
 *
 * @param notes Encoded.
 */
export function coreHead(
  encoding: ElfEncoding & { readonly machine: number },
  segments: readonly CoreSegment[],
  notes: Uint8Array,
): CoreHead {
  const sizes = encoding.is64 ? sizes64 : sizes32;
  const headers = segments.length + 1;
  const isMany = headers >= MANY_HEADERS;
  const sectionOffset = sizes.header + headers * sizes.program;
  const notesOffset = sectionOffset + (isMany ? sizes.section : 0);
  const memoryOffset = Math.ceil((notesOffset + notes.length) / MEMORY_ALIGNMENT) * MEMORY_ALIGNMENT;

  const writer = new NumberWriter(encoding);
  const word = (...values: (number | bigint)[]) =>
    encoding.is64 ? writer.u64(...values) : writer.u32(...values);
  writer.bytes(
    Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, encoding.is64 ? 2 : 1, encoding.littleEndian ? 1 : 2, VERSION),
  );
  writer.zeros(9).u16(TYPE_CORE, encoding.machine).u32(VERSION);
  word(0, sizes.header, isMany ? sectionOffset : 0);
  writer.u32(0).u16(sizes.header, sizes.program, isMany ? MANY_HEADERS : headers);
  writer.u16(isMany ? sizes.section : 0, isMany ? 1 : 0, 0);

  putProgramHeader(writer, encoding, PROGRAM_NOTE, { offset: notesOffset, lengthBytes: notes.length });
  for (const segment of segments) {
    const offset = memoryOffset + segment.memoryOffset;
    putProgramHeader(writer, encoding, PROGRAM_LOAD, { ...segment, offset });
  }
  if (isMany) putSectionHeader(writer, encoding, headers);
  return { bytes: writer.bytes(notes).build(), memoryOffset };
}

interface ProgramHeader {
  readonly offset: number;
  readonly lengthBytes: number;
  readonly virtualAddress?: bigint;
  readonly physicalAddress?: bigint;
}

function putProgramHeader(
  writer: NumberWriter,
  { is64 }: ElfEncoding,
  type: number,
  header: ProgramHeader,
): void {
  const { offset, lengthBytes, virtualAddress = 0n, physicalAddress = 0n } = header;
  // Flags and alignment stay 0, as in the cores of QEMU.
  if (is64) writer.u32(type, 0).u64(offset, virtualAddress, physicalAddress, lengthBytes, lengthBytes, 0);
  else writer.u32(type, offset, virtualAddress, physicalAddress, lengthBytes, lengthBytes, 0, 0);
}

/** A section header whose field sh_info is the number of program headers. */
function putSectionHeader(writer: NumberWriter, { is64 }: ElfEncoding, headers: number): void {
  if (is64) writer.zeros(44).u32(headers).zeros(16);
  else writer.zeros(28).u32(headers).zeros(8);
}
