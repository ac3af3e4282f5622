import {
  MAPPED_RAM_HEADER_VERSION,
  type MappedRamHeader,
  RAM_SECTION_IDSTR,
  RAM_SECTION_VERSION,
  RamFlag,
  SectionType,
  STREAM_MAGIC,
  STREAM_VERSION,
} from '@mapped-ram/format';
import { ByteBuilder } from './byte-builder.js';

const SUBSECTION_VERSION = 1;

/** What a configuration section says (QEMU: migration/savevm.c, `vmstate_configuration`). */
export interface ConfigurationFields {
  /** Machine type, for example `pc-q35-10.0`. */
  readonly machine: string;
  /** In the order in which they are to be listed. Where there are none, there is no list. */
  readonly capabilities?: readonly string[] | undefined;
  /** Hexadecimal digits, with dashes or without. */
  readonly uuid?: string | undefined;
  readonly targetPageBits?: number | undefined;
}

/** An entry of the block table without its mapped-ram header, as in every migration stream. */
export interface BlockEntryFields {
  readonly idstr: string;
  /** Bytes of memory. */
  readonly usedLength: number;
  /** With `x-ignore-shared`, every entry has one; without, none. */
  readonly guestPhysicalAddress?: bigint | undefined;
}

/** Magic and version. Mirrors `qemu_savevm_state_header` (QEMU 9.0 to 11.1, migration/savevm.c). */
export function streamHeader(): Uint8Array {
  return new ByteBuilder().be32(STREAM_MAGIC).be32(STREAM_VERSION).build();
}

/**
 * The configuration section, its subsections in QEMU's order. Mirrors `vmstate_configuration` (QEMU 9.0 to 11.1,
 * migration/savevm.c).
 *
 * @throws RangeError where a name is too long or the UUID is none.
 */
export function configurationSection(fields: ConfigurationFields): Uint8Array {
  const { capabilities = [], uuid, targetPageBits } = fields;
  const machine = new TextEncoder().encode(fields.machine);
  const builder = new ByteBuilder().u8(SectionType.configuration).be32(machine.length).bytes(machine);
  if (targetPageBits !== undefined) {
    subsection(builder, 'configuration/target-page-bits').be32(targetPageBits);
  }
  if (capabilities.length > 0) {
    subsection(builder, 'configuration/capabilities').be32(capabilities.length);
    for (const capability of capabilities) builder.name(capability);
  }
  if (uuid !== undefined) subsection(builder, 'configuration/uuid').bytes(uuidBytes(uuid));
  return builder.build();
}

function subsection(builder: ByteBuilder, name: string): ByteBuilder {
  return builder.u8(SectionType.subsection).name(name).be32(SUBSECTION_VERSION);
}

function uuidBytes(uuid: string): number[] {
  const digits = uuid.replaceAll('-', '');
  if (!/^[0-9a-f]{32}$/i.test(digits)) throw new RangeError(`${JSON.stringify(uuid)} is not a UUID`);
  return (digits.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16));
}

/** The header of the section that begins the ram state. Mirrors `save_section_header` (migration/savevm.c). */
export function ramStart(sectionId: number): Uint8Array {
  const builder = new ByteBuilder().u8(SectionType.start).be32(sectionId).name(RAM_SECTION_IDSTR);
  return builder.be32(0).be32(RAM_SECTION_VERSION).build();
}

/** The header of a section that goes on with a state. */
export function continuing(kind: 'part' | 'end', sectionId: number): Uint8Array {
  return new ByteBuilder().u8(SectionType[kind]).be32(sectionId).build();
}

/** What ends a section. Mirrors `save_section_footer` (migration/savevm.c). */
export function footer(sectionId: number): Uint8Array {
  return new ByteBuilder().u8(SectionType.footer).be32(sectionId).build();
}

/** A command without data. Mirrors `qemu_savevm_command_send` (migration/savevm.c). */
export function command(number: number): Uint8Array {
  return new ByteBuilder().u8(SectionType.command).be16(number).be16(0).build();
}

/** The word before the block table: the lengths of all blocks together. */
export function memSizeWord(blocks: readonly BlockEntryFields[]): Uint8Array {
  const total = blocks.reduce((sum, { usedLength }) => sum + BigInt(usedLength), 0n);
  return new ByteBuilder().be64(total | BigInt(RamFlag.memSize)).build();
}

/** The word that ends the body of a ram section. */
export function eosWord(): Uint8Array {
  return new ByteBuilder().be64(RamFlag.eos).build();
}

/** An entry of the block table. Mirrors `ram_save_setup` (QEMU 9.0 to 11.1, migration/ram.c). */
export function blockEntry({ idstr, usedLength, guestPhysicalAddress }: BlockEntryFields): Uint8Array {
  const builder = new ByteBuilder().name(idstr).be64(usedLength);
  if (guestPhysicalAddress !== undefined) builder.be64(guestPhysicalAddress);
  return builder.build();
}

/** A mapped-ram header. Mirrors `mapped_ram_setup_ramblock` (QEMU 9.0 to 11.1, migration/ram.c). */
export function mappedRamHeader(header: Omit<MappedRamHeader, 'version'>): Uint8Array {
  const builder = new ByteBuilder().be32(MAPPED_RAM_HEADER_VERSION).be64(header.pageSize);
  return builder.be64(header.bitmapOffset).be64(header.pagesOffset).build();
}

/** The byte that ends the records. */
export function endMarker(): Uint8Array {
  return Uint8Array.of(SectionType.eof);
}

/** The frame of the vmdescription; its JSON follows. */
export function vmdescriptionHeader(jsonLengthBytes: number): Uint8Array {
  return new ByteBuilder().u8(SectionType.vmdescription).be32(jsonLengthBytes).build();
}
