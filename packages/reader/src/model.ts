import type { MappedRamError, WordOrder } from '@mapped-ram/format';

/** Bytes `byteOffset` .. `byteOffset + byteLength` of the file (absolute, never relative to the stream). */
export interface ByteSpan {
  readonly byteOffset: number;
  readonly byteLength: number;
}

/** A named list entry or value with the place it was read from. */
export interface Located<T> extends ByteSpan {
  readonly value: T;
}

/** A subsection (0x05) of the configuration section. Unknown ones end the configuration: their length is not in the stream. */
export interface ConfigurationSubsection extends ByteSpan {
  readonly name: string;
  readonly versionId: number;
}

/** The configuration section, 0x07 (QEMU: savevm.c, vmstate_configuration). */
export interface Configuration extends ByteSpan {
  /** Machine type, for example `pc-q35-10.0`. */
  readonly machine: string;
  readonly subsections: readonly ConfigurationSubsection[];
  /** Names of `configuration/capabilities` in their order; absent where the subsection is. */
  readonly capabilities?: readonly Located<string>[];
  /** The 16 bytes of `configuration/uuid` as lower-case hex with dashes. */
  readonly uuid?: string;
  /** `configuration/target-page-bits` */
  readonly targetPageBits?: number;
}

/** The footer of a section: 0x7e and the section's id. */
export interface Footer extends ByteSpan {
  readonly sectionId: number;
}

interface SectionBase extends ByteSpan {
  /** Offset of the first byte after the section's own header. */
  readonly bodyOffset: number;
  /** Length of the body, without header and footer. */
  readonly bodyLengthBytes: number;
}

/** A section that begins an iterable state (0x01 START) or holds a whole device state (0x04 FULL). */
export interface OpeningSection extends SectionBase {
  readonly kind: 'start' | 'full';
  readonly sectionId: number;
  readonly idstr: string;
  readonly instanceId: number;
  readonly versionId: number;
  readonly footer?: Footer;
  readonly ram?: RamBody;
  /** How the end of the body was found. */
  readonly boundedBy: BodyBound;
}

/** A section that goes on with an iterable state: 0x02 PART or 0x03 END. */
export interface ContinuingSection extends SectionBase {
  readonly kind: 'part' | 'end';
  readonly sectionId: number;
  /** idstr of the START section with this id; absent where there was none. */
  readonly idstr?: string;
  readonly footer?: Footer;
  readonly ram?: RamBody;
  readonly boundedBy: BodyBound;
}

/**
 * - `grammar`: the body's own structure says where it ends (ram, and the iterable sections that the walk knows);
 * - `vmdescription`: walked field by field to the last byte;
 * - `footer-search`: no description of it; the next plausible footer was taken, so the body is not checked.
 */
export type BodyBound = 'grammar' | 'vmdescription' | 'footer-search';

/** A command section, 0x08 (QEMU: savevm.c, loadvm_process_command). */
export interface CommandSection extends SectionBase {
  readonly kind: 'command';
  readonly command: number;
  /** Length of the data as the command's header says, in bytes. */
  readonly dataLengthBytes: number;
}

/** Any section of the stream. */
export type Section = OpeningSection | ContinuingSection | CommandSection;

/** One be64 word of a ram section's body: address bits and flags. */
export interface RamWord {
  readonly byteOffset: number;
  /** The whole word, exact. */
  readonly word: bigint;
  /** The flag bits, below the target's page size. */
  readonly flags: number;
}

/** The body of a ram section: words up to EOS, with the block table where MEM_SIZE is. */
export interface RamBody {
  readonly words: readonly RamWord[];
  readonly blockTables: readonly RamBlockTable[];
  /** Whether an EOS word ended the body (otherwise the walk stopped in it). */
  readonly ended: boolean;
}

/** A block table, introduced by a MEM_SIZE word (QEMU: ram.c, parse_ramblocks). */
export interface RamBlockTable extends ByteSpan {
  /** The total that the MEM_SIZE word gives, in bytes, exact. */
  readonly totalBytes: bigint;
  readonly blocks: readonly RamBlock[];
}

/** An entry of the block table with its mapped-ram header. Values are as they are in the file, sensible or not. */
export interface RamBlock extends ByteSpan {
  /** Position in the table, from 0. */
  readonly index: number;
  readonly idstr: string;
  /** Bytes of memory. */
  readonly usedLength: number;
  /** Guest-physical address; only with `x-ignore-shared`. */
  readonly guestPhysicalAddress?: bigint;
  /** Offset of the 28-byte mapped-ram header. */
  readonly headerOffset: number;
  readonly headerVersion: number;
  /** Bytes a page, as the header says; 2^53 - 1 where it says more. */
  readonly pageSize: number;
  /** Absolute file offset of the bitmap. */
  readonly bitmapOffset: number;
  /** Absolute file offset of page 0. */
  readonly pagesOffset: number;
  /** usedLength / pageSize, rounded down as QEMU does; 0 where pageSize is 0. */
  readonly pageCount: number;
  /** Bytes of the bitmap: a bit a page in 64-bit words. */
  readonly bitmapLengthBytes: number;
  /** `x-ignore-shared` block whose contents are not in the file (both offsets are 0). */
  readonly ignored: boolean;
}

/** A RAM block of a classic stream. */
export interface ClassicBlock {
  /** Position in the table, from 0. */
  readonly index: number;
  readonly idstr: string;
  /** Bytes of memory. */
  readonly usedLength: number;
  /** Only with `x-ignore-shared`. */
  readonly guestPhysicalAddress?: bigint;
  readonly pageCount: number;
}

/** A RAM block of a classic stream that was read to its end. */
export interface ClassicBlockPages extends ClassicBlock {
  /** Pages that came with their contents, each counted once. */
  readonly storedPages: number;
  /** The other pages that came: zero pages, or stored as differences. */
  readonly zeroPages: number;
  /** Pages of which nothing came. */
  readonly missingPages: number;
}

/** The memory in a classic stream. */
export interface ClassicPages {
  /** Bytes a page of the target. */
  readonly pageSize: number;
  /** Where the block table begins: the MEM_SIZE word. */
  readonly byteOffset: number;
  readonly blocks: readonly ClassicBlockPages[];
  /** Records of pages that are stored as differences from others (the capability xbzrle): they are not read. */
  readonly xbzrleRecords: number;
  /** Whether pages were counted: not of more than 2^28, which is 1 TiB of 4 KiB pages. */
  readonly isCounted: boolean;
}

/** The exact numbers of a block table's entry of which one is beyond 2^53 - 1. */
export interface OversizedBlock extends ByteSpan {
  readonly idstr: string;
  /** `x-ignore-shared` block whose contents are not in the file (both offsets are 0). */
  readonly ignored: boolean;
  readonly usedLength: bigint;
  readonly headerVersion: number;
  readonly pageSize: bigint;
  readonly bitmapOffset: bigint;
  readonly pagesOffset: bigint;
}

/** The vmdescription (0x06, be32 length, JSON) after the end marker. */
export interface VmdescriptionFrame extends ByteSpan {
  /** Length that the frame gives; the file may hold less. */
  readonly declaredLengthBytes: number;
  readonly json?: Vmdescription;
  /** Why there is no `json`. */
  readonly fault?: MappedRamError;
}

/** The JSON of the vmdescription, as QEMU writes it (savevm.c, vmstate.c). */
export interface Vmdescription {
  /** Bytes a page of the target; 0 or absent in some versions. */
  readonly page_size?: number;
  readonly configuration?: VmsdStruct;
  readonly devices: readonly VmsdDevice[];
}

/** A device in the vmdescription: what its state consists of. */
export interface VmsdDevice extends VmsdStruct {
  readonly name: string;
  readonly instance_id: number;
}

/** A struct in the vmdescription, with its fields and subsections. */
export interface VmsdStruct {
  readonly vmsd_name?: string;
  readonly version?: number;
  readonly fields?: readonly VmsdField[];
  readonly subsections?: readonly VmsdStruct[];
}

/** A field. A `vstruct` has no `struct` but its members in itself. */
export interface VmsdField extends VmsdStruct {
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly version_id?: number;
  readonly array_len?: number;
  readonly index?: number;
  readonly struct?: VmsdStruct;
}

/** Where the stream begins, and in what. */
export interface LibvirtSaveHeader extends ByteSpan {
  readonly magic: 'LibvirtQemudSave' | 'LibvirtQemudPart';
  readonly byteOrder: 'le' | 'be';
  readonly version: number;
  readonly dataLengthBytes: number;
  readonly wasRunning: number;
  /** 0 raw, 1 gzip, 2 bzip2, 3 xz, 4 lzop, 5 zstd, 6 sparse */
  readonly format: number;
  readonly cookieOffset: number;
}

/**
 * Something that the walk met and could not read as the format says. `stopped` is true where the walk could not go
 * on: nothing after `error.byteOffset` was looked at.
 */
export interface Problem {
  readonly error: MappedRamError;
  readonly stopped: boolean;
}

/** What the walk found: every element of the stream in order, with its place, as it is in the file. */
export interface StreamModel {
  /** Absolute offset of the QEVM magic. */
  readonly streamOffset: number;
  readonly libvirt?: LibvirtSaveHeader | undefined;
  /** Version of the stream's header, 3. */
  readonly streamVersion?: number | undefined;
  readonly configuration?: Configuration | undefined;
  readonly sections: readonly Section[];
  /** The blocks of all block tables, in the order of the stream. */
  readonly ramBlocks: readonly RamBlock[];
  /**
   * The first entry with a number beyond 2^53 - 1. It is among `ramBlocks`, with 2^53 - 1, where only its page size is;
   * otherwise the walk stopped there.
   */
  readonly oversizedBlock?: OversizedBlock | undefined;
  /** `mapped-ram`, or `classic` where pages are in the stream itself; absent where the walk did not get there. */
  readonly ramLayout?: 'mapped-ram' | 'classic' | undefined;
  /** The memory of a classic stream, where it was asked for (`OpenOptions.classic`) and the walk came to it. */
  readonly classic?: ClassicPages | undefined;
  /** Offset of the end marker (0x00). */
  readonly endMarkerOffset?: number | undefined;
  readonly vmdescription?: VmdescriptionFrame | undefined;
  /** Offset after the last byte that was read as part of the stream. */
  readonly endOffset: number;
  readonly problems: readonly Problem[];
  /** Byte order of the bitmap's words: as told, or `le`. */
  readonly wordOrder: WordOrder;
}
