// Generated from spec/mapped_ram.ksy (CC0-1.0) by tools/generate. Do not edit.
// @ts-nocheck
import { KaitaiStream, type KaitaiStreamInstance } from '../kaitai-runtime.js';

/**
 * A virtual machine that QEMU (9.0 and later) saved to a file with the
 * capability `mapped-ram`: a migration stream in which every guest page has a
 * fixed place in the file.
 *
 * The grammar can be used in two ways.
 *
 * 1. Whole: parse this type on a stream over the file, positioned at the magic.
 *    Records are found one after another by their offsets, so that neither
 *    bitmaps nor pages are read before they are asked for. A section other than
 *    `ram` does not say how long it is; its end is searched for, see
 *    `opaque_body`.
 * 2. An element at a time: a reader that walks the stream itself parses
 *    `stream_header`, `opening_section_header`, `ram_word`, `ram_block_entry`,
 *    `mapped_ram_header` and so on, each at its place. These types check
 *    nothing, so that a damaged file can be described too. None of them holds
 *    the type byte that announces it.
 */
export interface MappedRam {
  /** See STREAM-2. */
  readonly magic: Uint8Array;
  /** See STREAM-3. */
  readonly version: number;
  /** See SECTION-1. */
  readonly records: readonly MappedRam.Record[];
  readonly hasVmdescription: boolean;
  /**
   * What follows the end marker; absent where the file ends there.
   * See VMDESC-1.
   */
  readonly vmdescription: MappedRam.Vmdescription | undefined;
}

/** The types of the elements. */
export namespace MappedRam {
  /**
   * The first eight bytes of the stream.
   * See STREAM-1.
   */
  export interface StreamHeader {
    /** 0x5145564d, "QEVM". */
    readonly magic: number;
    /** Always 3. */
    readonly version: number;
  }
  /**
   * The start of the configuration section; subsections follow while the next
   * byte is 0x05.
   * See CONFIG-2.
   */
  export interface ConfigurationHeader {
    readonly lenMachine: number;
    /** Name of the machine type, without a terminator. */
    readonly machine: string;
  }
  /**
   * A subsection of the configuration section, after its type byte. The body
   * of one with another name has no length and cannot be skipped.
   * See CONFIG-4.
   */
  export interface ConfigurationSubsection {
    readonly lenName: number;
    /** Up to a NUL, if there is one. */
    readonly name: string;
    readonly versionId: number;
    readonly body: MappedRam.Capabilities | MappedRam.TargetPageBits | MappedRam.Uuid | undefined;
  }
  /**
   * The capabilities that the destination must agree with.
   * See CONFIG-5.
   */
  export interface Capabilities {
    readonly numCapabilities: number;
    readonly capabilities: readonly MappedRam.Capability[];
  }
  /**
   * The name of a capability.
   * See CONFIG-5.
   */
  export interface Capability {
    readonly lenName: number;
    readonly name: string;
  }
  /**
   * The page size of a target whose page size is not fixed.
   * See CONFIG-7.
   */
  export interface TargetPageBits {
    /** The page size is 2 to the power of this. */
    readonly pageBits: number;
  }
  /**
   * The UUID of the virtual machine.
   * See CONFIG-6.
   */
  export interface Uuid {
    readonly value: Uint8Array;
  }
  /**
   * The header of a START or FULL section.
   * See SECTION-2.
   */
  export interface OpeningSectionHeader {
    readonly sectionId: number;
    readonly lenIdstr: number;
    /** What the section holds, such as `ram` or `0000:00:02.0/vga`. */
    readonly idstr: string;
    readonly instanceId: number;
    /** Version of the body's format. */
    readonly versionId: number;
  }
  /**
   * The header of a PART or END section.
   * See SECTION-3.
   */
  export interface ContinuingSectionHeader {
    /** The id of the START section that this one continues. */
    readonly sectionId: number;
  }
  /**
   * What follows the body of a section, after its type byte.
   * See FOOTER-1.
   */
  export interface SectionFooter {
    /** The id of the section that ends here. */
    readonly sectionId: number;
  }
  /**
   * A command to the destination.
   * See COMMAND-1.
   */
  export interface Command {
    readonly command: number;
    readonly lenData: number;
    readonly data: Uint8Array;
  }
  /**
   * The length of the JSON that follows.
   * See VMDESC-1.
   */
  export interface VmdescriptionFrame {
    readonly lenJson: number;
  }
  /**
   * The vmdescription with its type byte.
   * See VMDESC-1.
   */
  export interface Vmdescription {
    readonly type: number;
    readonly frame: MappedRam.VmdescriptionFrame;
    /**
     * Name, type and size of every field of every section that is not
     * iterable.
     */
    readonly json: string;
  }
  /**
   * A 64-bit value in two halves, for languages whose numbers do not hold one
   * exactly.
   * See STREAM-4.
   */
  export interface WideU8 {
    readonly high: number;
    readonly low: number;
  }
  /**
   * A word in the body of a ram section, an address whose low bits are flags.
   * See RAM-2.
   */
  export interface RamWord {
    /** The page size of the destination's target. Bits below it are flags. */
    readonly pageSize: number;
    readonly word: MappedRam.WideU8;
    /** See FLAGS-1. */
    readonly flags: number;
    /**
     * Exact below 2 to the power of 53 only, in languages whose numbers are
     * doubles.
     */
    readonly address: number;
    readonly isMemSize: boolean;
    readonly isEos: boolean;
  }
  /**
   * An entry of the block table, without the mapped-ram header.
   * See BLOCK-2.
   */
  export interface RamBlockEntry {
    /** Whether the stream was saved with the capability `x-ignore-shared`. */
    readonly hasGuestPhysicalAddress: boolean;
    readonly lenIdstr: number;
    /** Name of the RAM block, such as `pc.ram`. */
    readonly idstr: string;
    /** Bytes of guest memory in the block. */
    readonly lenUsed: number;
    /** See SHARED-1. */
    readonly guestPhysicalAddress: MappedRam.WideU8 | undefined;
  }
  /**
   * Where the block's bitmap and pages lie.
   * See HEADER-1.
   */
  export interface MappedRamHeader {
    /** Always 1. */
    readonly version: number;
    /** The page size of the source's target, in bytes. */
    readonly lenPage: number;
    /** Where the bitmap starts, in bytes from the start of the file. */
    readonly ofsBitmap: number;
    /** Where page 0 lies, in bytes from the start of the file. */
    readonly ofsPages: number;
  }
  /**
   * One record of the stream, found by its offset, with what the records after
   * it need to know. Only used when the stream is parsed whole.
   * See SECTION-1.
   */
  export interface Record {
    readonly ofsStart: number;
    /**
     * The id of the ram section, if an earlier record started it; otherwise
     * -1.
     */
    readonly ramSectionIdBefore: number;
    readonly hasGuestPhysicalAddressesBefore: boolean;
    readonly type: number;
    readonly isEndMarker: boolean;
    readonly isOpening: boolean;
    readonly isContinuing: boolean;
    readonly configuration: MappedRam.Configuration | undefined;
    readonly command: MappedRam.Command | undefined;
    readonly opening: MappedRam.OpeningSectionHeader | undefined;
    readonly continuing: MappedRam.ContinuingSectionHeader | undefined;
    readonly sectionId: number | undefined;
    readonly ramSectionId: number;
    readonly hasGuestPhysicalAddresses: boolean;
    readonly isRam: boolean;
    readonly ofsBody: number | undefined;
    /** See RAM-1. */
    readonly ramBody: MappedRam.RamBody | undefined;
    /** See SECTION-6. */
    readonly opaqueBody: MappedRam.OpaqueBody | undefined;
    readonly ofsFooter: number | undefined;
    /** See FOOTER-2. */
    readonly hasFooter: boolean | undefined;
    readonly footerType: number | undefined;
    /** See FOOTER-1. */
    readonly footer: MappedRam.SectionFooter | undefined;
    /** Where the next record starts. */
    readonly ofsEnd: number;
    readonly isLast: boolean;
  }
  /**
   * The whole configuration section, after its type byte.
   * See CONFIG-1.
   */
  export interface Configuration {
    readonly header: MappedRam.ConfigurationHeader;
    readonly subsections: readonly MappedRam.TaggedSubsection[];
    /** See SHARED-1. */
    readonly hasIgnoreShared: boolean;
    readonly ofsEnd: number;
  }
  /**
   * A subsection with its type byte; the last one has another type byte, which
   * belongs to the next record.
   * See CONFIG-3.
   */
  export interface TaggedSubsection {
    readonly hasIgnoreSharedBefore: boolean;
    readonly type: number;
    readonly subsection: MappedRam.ConfigurationSubsection | undefined;
    readonly search: readonly MappedRam.CapabilitySearch[];
    readonly ofsStart: number;
    readonly isEnd: boolean;
    readonly isCapabilities: boolean;
    readonly capabilities: MappedRam.Capabilities;
    readonly hasIgnoreShared: boolean;
  }
  /**
   * Looks for `x-ignore-shared` among the capabilities. It takes no bytes.
   * See SHARED-1.
   */
  export interface CapabilitySearch {
    readonly isFoundBefore: boolean;
    readonly name: string;
    readonly isFound: boolean;
  }
  /**
   * The body of a ram section, words up to one with the EOS flag.
   * See RAM-1.
   */
  export interface RamBody {
    readonly ofsStart: number;
    readonly hasGuestPhysicalAddresses: boolean;
    readonly items: readonly MappedRam.RamItem[];
    readonly ofsEnd: number;
  }
  /**
   * A word of a ram section, and the block table where the word announces one.
   * The low 8 bits are taken for flags, as the smallest page is 256 bytes.
   * See RAM-2.
   */
  export interface RamItem {
    readonly ofsStart: number;
    readonly hasGuestPhysicalAddresses: boolean;
    readonly word: MappedRam.RamWord;
    readonly blockTable: MappedRam.BlockTable | undefined;
    readonly ofsEnd: number;
  }
  /**
   * The block table, entries until their lengths add up to the total.
   * See BLOCK-1.
   */
  export interface BlockTable {
    readonly ofsStart: number;
    readonly lenTotal: number;
    readonly hasGuestPhysicalAddresses: boolean;
    readonly blocks: readonly MappedRam.RamBlock[];
    readonly ofsEnd: number;
  }
  /**
   * A RAM block with its entry, its mapped-ram header, and its bitmap and
   * pages, read when they are asked for.
   * See LAYOUT-1.
   */
  export interface RamBlock {
    readonly ofsStart: number;
    /** The lengths of the blocks before this one. */
    readonly lenBefore: number;
    readonly hasGuestPhysicalAddress: boolean;
    readonly entry: MappedRam.RamBlockEntry;
    readonly header: MappedRam.MappedRamHeader;
    /**
     * Whether the block's memory lies elsewhere.
     * See SHARED-2.
     */
    readonly isIgnored: boolean;
    readonly numPages: number;
    /** See BITMAP-1. */
    readonly bitmap: Uint8Array | undefined;
    /** See PAGES-1. */
    readonly pages: Uint8Array | undefined;
    readonly lenSoFar: number;
    readonly ofsEnd: number;
  }
  /**
   * The body of a section of unknown length. It ends where a footer with the
   * section's id follows, and then what looks like a record, or the end marker
   * and a vmdescription. That is a guess, if a good one: only the
   * vmdescription tells for certain. Where nothing of the kind is found, the
   * body reaches to the end of the file and is the last record.
   * See SECTION-6.
   */
  export interface OpaqueBody {
    readonly sectionId: number;
    readonly chunks: readonly MappedRam.OpaqueChunk[];
    readonly hasFooter: boolean;
    readonly ofsEnd: number;
  }
  /**
   * Bytes up to the next 0x7e. In every chunk but the last, that byte belongs
   * to the body.
   * See SECTION-6.
   */
  export interface OpaqueChunk {
    readonly sectionId: number;
    readonly data: Uint8Array;
    readonly ofsNext: number;
    readonly hasLookahead: boolean;
    readonly hasAfterType: boolean;
    readonly hasNextIdstr: boolean;
    readonly nextSectionId: number | undefined;
    readonly nextType: number | undefined;
    /**
     * 0x06 after the end marker, or the high byte of a section id or a
     * command.
     */
    readonly afterType: number | undefined;
    readonly nextLenIdstr: number | undefined;
    readonly nextIdstrStart: number | undefined;
    readonly isBeforeEnd: boolean;
    readonly isBeforeOpening: boolean;
    readonly isBeforeOther: boolean;
    readonly isBeforeFooter: boolean;
    readonly isLast: boolean;
  }
}

/** The parsers: of the whole, and of each element. */
export interface MappedRamParsers {
  new (io: KaitaiStreamInstance, parent?: unknown, root?: unknown): MappedRam;
  readonly StreamHeader: new (io: KaitaiStreamInstance, parent?: unknown, root?: unknown) => MappedRam.StreamHeader;
  readonly ConfigurationHeader: new (io: KaitaiStreamInstance, parent?: unknown, root?: unknown) => MappedRam.ConfigurationHeader;
  readonly ConfigurationSubsection: new (io: KaitaiStreamInstance, parent?: unknown, root?: unknown) => MappedRam.ConfigurationSubsection;
  readonly Capabilities: new (io: KaitaiStreamInstance, parent?: unknown, root?: unknown) => MappedRam.Capabilities;
  readonly Capability: new (io: KaitaiStreamInstance, parent?: unknown, root?: unknown) => MappedRam.Capability;
  readonly TargetPageBits: new (io: KaitaiStreamInstance, parent?: unknown, root?: unknown) => MappedRam.TargetPageBits;
  readonly Uuid: new (io: KaitaiStreamInstance, parent?: unknown, root?: unknown) => MappedRam.Uuid;
  readonly OpeningSectionHeader: new (io: KaitaiStreamInstance, parent?: unknown, root?: unknown) => MappedRam.OpeningSectionHeader;
  readonly ContinuingSectionHeader: new (io: KaitaiStreamInstance, parent?: unknown, root?: unknown) => MappedRam.ContinuingSectionHeader;
  readonly SectionFooter: new (io: KaitaiStreamInstance, parent?: unknown, root?: unknown) => MappedRam.SectionFooter;
  readonly Command: new (io: KaitaiStreamInstance, parent?: unknown, root?: unknown) => MappedRam.Command;
  readonly VmdescriptionFrame: new (io: KaitaiStreamInstance, parent?: unknown, root?: unknown) => MappedRam.VmdescriptionFrame;
  readonly Vmdescription: new (io: KaitaiStreamInstance, parent?: unknown, root?: unknown) => MappedRam.Vmdescription;
  readonly WideU8: new (io: KaitaiStreamInstance, parent?: unknown, root?: unknown) => MappedRam.WideU8;
  readonly RamWord: new (io: KaitaiStreamInstance, parent: unknown, root: unknown, pageSize: number) => MappedRam.RamWord;
  readonly RamBlockEntry: new (io: KaitaiStreamInstance, parent: unknown, root: unknown, hasGuestPhysicalAddress: boolean) => MappedRam.RamBlockEntry;
  readonly MappedRamHeader: new (io: KaitaiStreamInstance, parent?: unknown, root?: unknown) => MappedRam.MappedRamHeader;
  readonly Record: new (io: KaitaiStreamInstance, parent: unknown, root: unknown, ofsStart: number, ramSectionIdBefore: number, hasGuestPhysicalAddressesBefore: boolean) => MappedRam.Record;
  readonly Configuration: new (io: KaitaiStreamInstance, parent?: unknown, root?: unknown) => MappedRam.Configuration;
  readonly TaggedSubsection: new (io: KaitaiStreamInstance, parent: unknown, root: unknown, hasIgnoreSharedBefore: boolean) => MappedRam.TaggedSubsection;
  readonly CapabilitySearch: new (io: KaitaiStreamInstance, parent: unknown, root: unknown, isFoundBefore: boolean, name: string) => MappedRam.CapabilitySearch;
  readonly RamBody: new (io: KaitaiStreamInstance, parent: unknown, root: unknown, ofsStart: number, hasGuestPhysicalAddresses: boolean) => MappedRam.RamBody;
  readonly RamItem: new (io: KaitaiStreamInstance, parent: unknown, root: unknown, ofsStart: number, hasGuestPhysicalAddresses: boolean) => MappedRam.RamItem;
  readonly BlockTable: new (io: KaitaiStreamInstance, parent: unknown, root: unknown, ofsStart: number, lenTotal: number, hasGuestPhysicalAddresses: boolean) => MappedRam.BlockTable;
  readonly RamBlock: new (io: KaitaiStreamInstance, parent: unknown, root: unknown, ofsStart: number, lenBefore: number, hasGuestPhysicalAddress: boolean) => MappedRam.RamBlock;
  readonly OpaqueBody: new (io: KaitaiStreamInstance, parent: unknown, root: unknown, sectionId: number) => MappedRam.OpaqueBody;
  readonly OpaqueChunk: new (io: KaitaiStreamInstance, parent: unknown, root: unknown, sectionId: number) => MappedRam.OpaqueChunk;
  readonly SectionType: { readonly EOF: 0; readonly START: 1; readonly PART: 2; readonly END: 3; readonly FULL: 4; readonly SUBSECTION: 5; readonly VMDESCRIPTION: 6; readonly CONFIGURATION: 7; readonly COMMAND: 8; readonly FOOTER: 126 };
  readonly CommandType: { readonly OPEN_RETURN_PATH: 1; readonly PING: 2; readonly POSTCOPY_ADVISE: 3; readonly POSTCOPY_LISTEN: 4; readonly POSTCOPY_RUN: 5; readonly POSTCOPY_RAM_DISCARD: 6; readonly PACKAGED: 7; readonly ENABLE_COLO: 8; readonly POSTCOPY_RESUME: 9; readonly RECV_BITMAP: 10; readonly SWITCHOVER_START: 11 };
}

/** The parsers of the grammar: one class a type. */
export const MappedRam: MappedRamParsers = /* @__PURE__ */ (function() {
  MappedRam.CommandType = Object.freeze({
    OPEN_RETURN_PATH: 1,
    PING: 2,
    POSTCOPY_ADVISE: 3,
    POSTCOPY_LISTEN: 4,
    POSTCOPY_RUN: 5,
    POSTCOPY_RAM_DISCARD: 6,
    PACKAGED: 7,
    ENABLE_COLO: 8,
    POSTCOPY_RESUME: 9,
    RECV_BITMAP: 10,
    SWITCHOVER_START: 11,

    1: "OPEN_RETURN_PATH",
    2: "PING",
    3: "POSTCOPY_ADVISE",
    4: "POSTCOPY_LISTEN",
    5: "POSTCOPY_RUN",
    6: "POSTCOPY_RAM_DISCARD",
    7: "PACKAGED",
    8: "ENABLE_COLO",
    9: "POSTCOPY_RESUME",
    10: "RECV_BITMAP",
    11: "SWITCHOVER_START",
  });

  MappedRam.SectionType = Object.freeze({
    EOF: 0,
    START: 1,
    PART: 2,
    END: 3,
    FULL: 4,
    SUBSECTION: 5,
    VMDESCRIPTION: 6,
    CONFIGURATION: 7,
    COMMAND: 8,
    FOOTER: 126,

    0: "EOF",
    1: "START",
    2: "PART",
    3: "END",
    4: "FULL",
    5: "SUBSECTION",
    6: "VMDESCRIPTION",
    7: "CONFIGURATION",
    8: "COMMAND",
    126: "FOOTER",
  });

  function MappedRam(_io, _parent, _root) {
    this._io = _io;
    this._parent = _parent;
    this._root = _root || this;

    this._read();
  }
  MappedRam.prototype._read = function() {
    this.magic = this._io.readBytes(4);
    if (!((KaitaiStream.byteArrayCompare(this.magic, new Uint8Array([81, 69, 86, 77])) == 0))) {
      throw new KaitaiStream.ValidationNotEqualError(new Uint8Array([81, 69, 86, 77]), this.magic, this._io, "/seq/0");
    }
    this.version = this._io.readU4be();
    if (!(this.version == 3)) {
      throw new KaitaiStream.ValidationNotEqualError(3, this.version, this._io, "/seq/1");
    }
    this.records = [];
    var i = 0;
    do {
      var _ = new Record(this._io, this, this._root, (i == 0 ? this._io.pos : this.records[i - 1].ofsEnd), (i == 0 ? -1 : this.records[i - 1].ramSectionId), (i == 0 ? false : this.records[i - 1].hasGuestPhysicalAddresses));
      this.records.push(_);
      i++;
    } while (!(_.isLast));
  }

  /**
   * The block table, entries until their lengths add up to the total.
   * @see {@link https://mapped-ram.dev/spec#BLOCK-1|Source}
   */

  var BlockTable = MappedRam.BlockTable = (function() {
    function BlockTable(_io, _parent, _root, ofsStart, lenTotal, hasGuestPhysicalAddresses) {
      this._io = _io;
      this._parent = _parent;
      this._root = _root;
      this.ofsStart = ofsStart;
      this.lenTotal = lenTotal;
      this.hasGuestPhysicalAddresses = hasGuestPhysicalAddresses;

      this._read();
    }
    BlockTable.prototype._read = function() {
      this.blocks = [];
      var i = 0;
      do {
        var _ = new RamBlock(this._io, this, this._root, (i == 0 ? this.ofsStart : this.blocks[i - 1].ofsEnd), (i == 0 ? 0 : this.blocks[i - 1].lenSoFar), this.hasGuestPhysicalAddresses);
        this.blocks.push(_);
        i++;
      } while (!(_.lenSoFar >= this.lenTotal));
    }
    Object.defineProperty(BlockTable.prototype, 'ofsEnd', {
      get: function() {
        if (this._m_ofsEnd !== undefined)
          return this._m_ofsEnd;
        this._m_ofsEnd = this.blocks[this.blocks.length - 1].ofsEnd;
        return this._m_ofsEnd;
      }
    });

    return BlockTable;
  })();

  /**
   * The capabilities that the destination must agree with.
   * @see {@link https://mapped-ram.dev/spec#CONFIG-5|Source}
   */

  var Capabilities = MappedRam.Capabilities = (function() {
    function Capabilities(_io, _parent, _root) {
      this._io = _io;
      this._parent = _parent;
      this._root = _root;

      this._read();
    }
    Capabilities.prototype._read = function() {
      this.numCapabilities = this._io.readU4be();
      this.capabilities = [];
      for (var i = 0; i < this.numCapabilities; i++) {
        this.capabilities.push(new Capability(this._io, this, this._root));
      }
    }

    return Capabilities;
  })();

  /**
   * The name of a capability.
   * @see {@link https://mapped-ram.dev/spec#CONFIG-5|Source}
   */

  var Capability = MappedRam.Capability = (function() {
    function Capability(_io, _parent, _root) {
      this._io = _io;
      this._parent = _parent;
      this._root = _root;

      this._read();
    }
    Capability.prototype._read = function() {
      this.lenName = this._io.readU1();
      this.name = KaitaiStream.bytesToStr(this._io.readBytes(this.lenName), "ASCII");
    }

    return Capability;
  })();

  /**
   * Looks for `x-ignore-shared` among the capabilities. It takes no bytes.
   * @see {@link https://mapped-ram.dev/spec#SHARED-1|Source}
   */

  var CapabilitySearch = MappedRam.CapabilitySearch = (function() {
    function CapabilitySearch(_io, _parent, _root, isFoundBefore, name) {
      this._io = _io;
      this._parent = _parent;
      this._root = _root;
      this.isFoundBefore = isFoundBefore;
      this.name = name;

      this._read();
    }
    CapabilitySearch.prototype._read = function() {
    }
    Object.defineProperty(CapabilitySearch.prototype, 'isFound', {
      get: function() {
        if (this._m_isFound !== undefined)
          return this._m_isFound;
        this._m_isFound =  ((this.isFoundBefore) || (this.name == "x-ignore-shared")) ;
        return this._m_isFound;
      }
    });

    return CapabilitySearch;
  })();

  /**
   * A command to the destination.
   * @see {@link https://mapped-ram.dev/spec#COMMAND-1|Source}
   */

  var Command = MappedRam.Command = (function() {
    function Command(_io, _parent, _root) {
      this._io = _io;
      this._parent = _parent;
      this._root = _root;

      this._read();
    }
    Command.prototype._read = function() {
      this.command = this._io.readU2be();
      this.lenData = this._io.readU2be();
      this.data = this._io.readBytes(this.lenData);
    }

    return Command;
  })();

  /**
   * The whole configuration section, after its type byte.
   * @see {@link https://mapped-ram.dev/spec#CONFIG-1|Source}
   */

  var Configuration = MappedRam.Configuration = (function() {
    function Configuration(_io, _parent, _root) {
      this._io = _io;
      this._parent = _parent;
      this._root = _root;

      this._read();
    }
    Configuration.prototype._read = function() {
      this.header = new ConfigurationHeader(this._io, this, this._root);
      this.subsections = [];
      var i = 0;
      do {
        var _ = new TaggedSubsection(this._io, this, this._root, (i == 0 ? false : this.subsections[i - 1].hasIgnoreShared));
        this.subsections.push(_);
        i++;
      } while (!(_.isEnd));
    }

    /**
     * @see {@link https://mapped-ram.dev/spec#SHARED-1|Source}
     */
    Object.defineProperty(Configuration.prototype, 'hasIgnoreShared', {
      get: function() {
        if (this._m_hasIgnoreShared !== undefined)
          return this._m_hasIgnoreShared;
        this._m_hasIgnoreShared = this.subsections[this.subsections.length - 1].hasIgnoreShared;
        return this._m_hasIgnoreShared;
      }
    });
    Object.defineProperty(Configuration.prototype, 'ofsEnd', {
      get: function() {
        if (this._m_ofsEnd !== undefined)
          return this._m_ofsEnd;
        this._m_ofsEnd = this.subsections[this.subsections.length - 1].ofsStart;
        return this._m_ofsEnd;
      }
    });

    return Configuration;
  })();

  /**
   * The start of the configuration section; subsections follow while the next
   * byte is 0x05.
   * @see {@link https://mapped-ram.dev/spec#CONFIG-2|Source}
   */

  var ConfigurationHeader = MappedRam.ConfigurationHeader = (function() {
    function ConfigurationHeader(_io, _parent, _root) {
      this._io = _io;
      this._parent = _parent;
      this._root = _root;

      this._read();
    }
    ConfigurationHeader.prototype._read = function() {
      this.lenMachine = this._io.readU4be();
      this.machine = KaitaiStream.bytesToStr(this._io.readBytes(this.lenMachine), "ASCII");
    }

    /**
     * Name of the machine type, without a terminator.
     */

    return ConfigurationHeader;
  })();

  /**
   * A subsection of the configuration section, after its type byte. The body
   * of one with another name has no length and cannot be skipped.
   * @see {@link https://mapped-ram.dev/spec#CONFIG-4|Source}
   */

  var ConfigurationSubsection = MappedRam.ConfigurationSubsection = (function() {
    function ConfigurationSubsection(_io, _parent, _root) {
      this._io = _io;
      this._parent = _parent;
      this._root = _root;

      this._read();
    }
    ConfigurationSubsection.prototype._read = function() {
      this.lenName = this._io.readU1();
      this.name = KaitaiStream.bytesToStr(KaitaiStream.bytesTerminate(this._io.readBytes(this.lenName), 0, false), "ASCII");
      this.versionId = this._io.readU4be();
      switch (this.name) {
      case "configuration/capabilities":
        this.body = new Capabilities(this._io, this, this._root);
        break;
      case "configuration/target-page-bits":
        this.body = new TargetPageBits(this._io, this, this._root);
        break;
      case "configuration/uuid":
        this.body = new Uuid(this._io, this, this._root);
        break;
      }
    }

    /**
     * Up to a NUL, if there is one.
     */

    return ConfigurationSubsection;
  })();

  /**
   * The header of a PART or END section.
   * @see {@link https://mapped-ram.dev/spec#SECTION-3|Source}
   */

  var ContinuingSectionHeader = MappedRam.ContinuingSectionHeader = (function() {
    function ContinuingSectionHeader(_io, _parent, _root) {
      this._io = _io;
      this._parent = _parent;
      this._root = _root;

      this._read();
    }
    ContinuingSectionHeader.prototype._read = function() {
      this.sectionId = this._io.readU4be();
    }

    /**
     * The id of the START section that this one continues.
     */

    return ContinuingSectionHeader;
  })();

  /**
   * Where the block's bitmap and pages lie.
   * @see {@link https://mapped-ram.dev/spec#HEADER-1|Source}
   */

  var MappedRamHeader = MappedRam.MappedRamHeader = (function() {
    function MappedRamHeader(_io, _parent, _root) {
      this._io = _io;
      this._parent = _parent;
      this._root = _root;

      this._read();
    }
    MappedRamHeader.prototype._read = function() {
      this.version = this._io.readU4be();
      this.lenPage = this._io.readU8be();
      this.ofsBitmap = this._io.readU8be();
      this.ofsPages = this._io.readU8be();
    }

    /**
     * Always 1.
     */

    /**
     * The page size of the source's target, in bytes.
     */

    /**
     * Where the bitmap starts, in bytes from the start of the file.
     */

    /**
     * Where page 0 lies, in bytes from the start of the file.
     */

    return MappedRamHeader;
  })();

  /**
   * The body of a section of unknown length. It ends where a footer with the
   * section's id follows, and then what looks like a record, or the end marker
   * and a vmdescription. That is a guess, if a good one: only the
   * vmdescription tells for certain. Where nothing of the kind is found, the
   * body reaches to the end of the file and is the last record.
   * @see {@link https://mapped-ram.dev/spec#SECTION-6|Source}
   */

  var OpaqueBody = MappedRam.OpaqueBody = (function() {
    function OpaqueBody(_io, _parent, _root, sectionId) {
      this._io = _io;
      this._parent = _parent;
      this._root = _root;
      this.sectionId = sectionId;

      this._read();
    }
    OpaqueBody.prototype._read = function() {
      this.chunks = [];
      var i = 0;
      do {
        var _ = new OpaqueChunk(this._io, this, this._root, this.sectionId);
        this.chunks.push(_);
        i++;
      } while (!(_.isLast));
    }
    Object.defineProperty(OpaqueBody.prototype, 'hasFooter', {
      get: function() {
        if (this._m_hasFooter !== undefined)
          return this._m_hasFooter;
        this._m_hasFooter = this.chunks[this.chunks.length - 1].isBeforeFooter;
        return this._m_hasFooter;
      }
    });
    Object.defineProperty(OpaqueBody.prototype, 'ofsEnd', {
      get: function() {
        if (this._m_ofsEnd !== undefined)
          return this._m_ofsEnd;
        this._m_ofsEnd = (this.hasFooter ? this.chunks[this.chunks.length - 1].ofsNext - 1 : this.chunks[this.chunks.length - 1].ofsNext);
        return this._m_ofsEnd;
      }
    });

    return OpaqueBody;
  })();

  /**
   * Bytes up to the next 0x7e. In every chunk but the last, that byte belongs
   * to the body.
   * @see {@link https://mapped-ram.dev/spec#SECTION-6|Source}
   */

  var OpaqueChunk = MappedRam.OpaqueChunk = (function() {
    function OpaqueChunk(_io, _parent, _root, sectionId) {
      this._io = _io;
      this._parent = _parent;
      this._root = _root;
      this.sectionId = sectionId;

      this._read();
    }
    OpaqueChunk.prototype._read = function() {
      this.data = this._io.readBytesTerm(126, false, true, false);
    }

    /**
     * 0x06 after the end marker, or the high byte of a section id or a
     * command.
     */
    Object.defineProperty(OpaqueChunk.prototype, 'afterType', {
      get: function() {
        if (this._m_afterType !== undefined)
          return this._m_afterType;
        if (this.hasAfterType) {
          var _pos = this._io.pos;
          this._io.seek(this.ofsNext + 5);
          this._m_afterType = this._io.readU1();
          this._io.seek(_pos);
        }
        return this._m_afterType;
      }
    });
    Object.defineProperty(OpaqueChunk.prototype, 'hasAfterType', {
      get: function() {
        if (this._m_hasAfterType !== undefined)
          return this._m_hasAfterType;
        this._m_hasAfterType = this.ofsNext + 6 <= this._io.size;
        return this._m_hasAfterType;
      }
    });
    Object.defineProperty(OpaqueChunk.prototype, 'hasLookahead', {
      get: function() {
        if (this._m_hasLookahead !== undefined)
          return this._m_hasLookahead;
        this._m_hasLookahead = this.ofsNext + 5 <= this._io.size;
        return this._m_hasLookahead;
      }
    });
    Object.defineProperty(OpaqueChunk.prototype, 'hasNextIdstr', {
      get: function() {
        if (this._m_hasNextIdstr !== undefined)
          return this._m_hasNextIdstr;
        this._m_hasNextIdstr = this.ofsNext + 11 <= this._io.size;
        return this._m_hasNextIdstr;
      }
    });
    Object.defineProperty(OpaqueChunk.prototype, 'isBeforeEnd', {
      get: function() {
        if (this._m_isBeforeEnd !== undefined)
          return this._m_isBeforeEnd;
        this._m_isBeforeEnd =  ((this.nextType == 0) && ( ((this.ofsNext + 5 == this._io.size) || (this.afterType == 6)) )) ;
        return this._m_isBeforeEnd;
      }
    });
    Object.defineProperty(OpaqueChunk.prototype, 'isBeforeFooter', {
      get: function() {
        if (this._m_isBeforeFooter !== undefined)
          return this._m_isBeforeFooter;
        this._m_isBeforeFooter =  ((this.hasLookahead) && (this.nextSectionId == this.sectionId) && ( ((this.isBeforeEnd) || (this.isBeforeOpening) || (this.isBeforeOther)) )) ;
        return this._m_isBeforeFooter;
      }
    });
    Object.defineProperty(OpaqueChunk.prototype, 'isBeforeOpening', {
      get: function() {
        if (this._m_isBeforeOpening !== undefined)
          return this._m_isBeforeOpening;
        this._m_isBeforeOpening =  (( ((this.nextType == 1) || (this.nextType == 4)) ) && (this.hasNextIdstr) && (this.nextLenIdstr > 0) && (this.nextIdstrStart >= 32) && (this.nextIdstrStart < 127)) ;
        return this._m_isBeforeOpening;
      }
    });
    Object.defineProperty(OpaqueChunk.prototype, 'isBeforeOther', {
      get: function() {
        if (this._m_isBeforeOther !== undefined)
          return this._m_isBeforeOther;
        this._m_isBeforeOther =  (( ((this.nextType == 2) || (this.nextType == 3) || (this.nextType == 8)) ) && (this.hasAfterType) && (this.afterType == 0)) ;
        return this._m_isBeforeOther;
      }
    });
    Object.defineProperty(OpaqueChunk.prototype, 'isLast', {
      get: function() {
        if (this._m_isLast !== undefined)
          return this._m_isLast;
        this._m_isLast =  ((this.isBeforeFooter) || (this.ofsNext >= this._io.size)) ;
        return this._m_isLast;
      }
    });
    Object.defineProperty(OpaqueChunk.prototype, 'nextIdstrStart', {
      get: function() {
        if (this._m_nextIdstrStart !== undefined)
          return this._m_nextIdstrStart;
        if (this.hasNextIdstr) {
          var _pos = this._io.pos;
          this._io.seek(this.ofsNext + 10);
          this._m_nextIdstrStart = this._io.readU1();
          this._io.seek(_pos);
        }
        return this._m_nextIdstrStart;
      }
    });
    Object.defineProperty(OpaqueChunk.prototype, 'nextLenIdstr', {
      get: function() {
        if (this._m_nextLenIdstr !== undefined)
          return this._m_nextLenIdstr;
        if (this.hasNextIdstr) {
          var _pos = this._io.pos;
          this._io.seek(this.ofsNext + 9);
          this._m_nextLenIdstr = this._io.readU1();
          this._io.seek(_pos);
        }
        return this._m_nextLenIdstr;
      }
    });
    Object.defineProperty(OpaqueChunk.prototype, 'nextSectionId', {
      get: function() {
        if (this._m_nextSectionId !== undefined)
          return this._m_nextSectionId;
        if (this.hasLookahead) {
          var _pos = this._io.pos;
          this._io.seek(this.ofsNext);
          this._m_nextSectionId = this._io.readU4be();
          this._io.seek(_pos);
        }
        return this._m_nextSectionId;
      }
    });
    Object.defineProperty(OpaqueChunk.prototype, 'nextType', {
      get: function() {
        if (this._m_nextType !== undefined)
          return this._m_nextType;
        if (this.hasLookahead) {
          var _pos = this._io.pos;
          this._io.seek(this.ofsNext + 4);
          this._m_nextType = this._io.readU1();
          this._io.seek(_pos);
        }
        return this._m_nextType;
      }
    });
    Object.defineProperty(OpaqueChunk.prototype, 'ofsNext', {
      get: function() {
        if (this._m_ofsNext !== undefined)
          return this._m_ofsNext;
        this._m_ofsNext = this._io.pos;
        return this._m_ofsNext;
      }
    });

    return OpaqueChunk;
  })();

  /**
   * The header of a START or FULL section.
   * @see {@link https://mapped-ram.dev/spec#SECTION-2|Source}
   */

  var OpeningSectionHeader = MappedRam.OpeningSectionHeader = (function() {
    function OpeningSectionHeader(_io, _parent, _root) {
      this._io = _io;
      this._parent = _parent;
      this._root = _root;

      this._read();
    }
    OpeningSectionHeader.prototype._read = function() {
      this.sectionId = this._io.readU4be();
      this.lenIdstr = this._io.readU1();
      this.idstr = KaitaiStream.bytesToStr(this._io.readBytes(this.lenIdstr), "ASCII");
      this.instanceId = this._io.readU4be();
      this.versionId = this._io.readU4be();
    }

    /**
     * What the section holds, such as `ram` or `0000:00:02.0/vga`.
     */

    /**
     * Version of the body's format.
     */

    return OpeningSectionHeader;
  })();

  /**
   * A RAM block with its entry, its mapped-ram header, and its bitmap and
   * pages, read when they are asked for.
   * @see {@link https://mapped-ram.dev/spec#LAYOUT-1|Source}
   */

  var RamBlock = MappedRam.RamBlock = (function() {
    function RamBlock(_io, _parent, _root, ofsStart, lenBefore, hasGuestPhysicalAddress) {
      this._io = _io;
      this._parent = _parent;
      this._root = _root;
      this.ofsStart = ofsStart;
      this.lenBefore = lenBefore;
      this.hasGuestPhysicalAddress = hasGuestPhysicalAddress;

      this._read();
    }
    RamBlock.prototype._read = function() {
    }

    /**
     * @see {@link https://mapped-ram.dev/spec#BITMAP-1|Source}
     */
    Object.defineProperty(RamBlock.prototype, 'bitmap', {
      get: function() {
        if (this._m_bitmap !== undefined)
          return this._m_bitmap;
        if (!(this.isIgnored)) {
          var io = this._root._io;
          var _pos = io.pos;
          io.seek(this.header.ofsBitmap);
          this._m_bitmap = io.readBytes(Math.floor((this.numPages + 63) / 64) * 8);
          io.seek(_pos);
        }
        return this._m_bitmap;
      }
    });
    Object.defineProperty(RamBlock.prototype, 'entry', {
      get: function() {
        if (this._m_entry !== undefined)
          return this._m_entry;
        var _pos = this._io.pos;
        this._io.seek(this.ofsStart);
        this._m_entry = new RamBlockEntry(this._io, this, this._root, this.hasGuestPhysicalAddress);
        this._io.seek(_pos);
        return this._m_entry;
      }
    });
    Object.defineProperty(RamBlock.prototype, 'header', {
      get: function() {
        if (this._m_header !== undefined)
          return this._m_header;
        var _pos = this._io.pos;
        this._io.seek(((this.ofsStart + 9) + this.entry.lenIdstr) + (this.hasGuestPhysicalAddress ? 8 : 0));
        this._m_header = new MappedRamHeader(this._io, this, this._root);
        this._io.seek(_pos);
        return this._m_header;
      }
    });

    /**
     * Whether the block's memory lies elsewhere.
     * @see {@link https://mapped-ram.dev/spec#SHARED-2|Source}
     */
    Object.defineProperty(RamBlock.prototype, 'isIgnored', {
      get: function() {
        if (this._m_isIgnored !== undefined)
          return this._m_isIgnored;
        this._m_isIgnored = this.header.ofsPages == 0;
        return this._m_isIgnored;
      }
    });
    Object.defineProperty(RamBlock.prototype, 'lenSoFar', {
      get: function() {
        if (this._m_lenSoFar !== undefined)
          return this._m_lenSoFar;
        this._m_lenSoFar = this.lenBefore + this.entry.lenUsed;
        return this._m_lenSoFar;
      }
    });
    Object.defineProperty(RamBlock.prototype, 'numPages', {
      get: function() {
        if (this._m_numPages !== undefined)
          return this._m_numPages;
        this._m_numPages = Math.floor(this.entry.lenUsed / this.header.lenPage);
        return this._m_numPages;
      }
    });
    Object.defineProperty(RamBlock.prototype, 'ofsEnd', {
      get: function() {
        if (this._m_ofsEnd !== undefined)
          return this._m_ofsEnd;
        this._m_ofsEnd = (this.isIgnored ? ((this.ofsStart + 37) + this.entry.lenIdstr) + (this.hasGuestPhysicalAddress ? 8 : 0) : this.header.ofsPages + this.entry.lenUsed);
        return this._m_ofsEnd;
      }
    });

    /**
     * @see {@link https://mapped-ram.dev/spec#PAGES-1|Source}
     */
    Object.defineProperty(RamBlock.prototype, 'pages', {
      get: function() {
        if (this._m_pages !== undefined)
          return this._m_pages;
        if (!(this.isIgnored)) {
          var io = this._root._io;
          var _pos = io.pos;
          io.seek(this.header.ofsPages);
          this._m_pages = io.readBytes(this.entry.lenUsed);
          io.seek(_pos);
        }
        return this._m_pages;
      }
    });

    /**
     * The lengths of the blocks before this one.
     */

    return RamBlock;
  })();

  /**
   * An entry of the block table, without the mapped-ram header.
   * @see {@link https://mapped-ram.dev/spec#BLOCK-2|Source}
   */

  var RamBlockEntry = MappedRam.RamBlockEntry = (function() {
    function RamBlockEntry(_io, _parent, _root, hasGuestPhysicalAddress) {
      this._io = _io;
      this._parent = _parent;
      this._root = _root;
      this.hasGuestPhysicalAddress = hasGuestPhysicalAddress;

      this._read();
    }
    RamBlockEntry.prototype._read = function() {
      this.lenIdstr = this._io.readU1();
      this.idstr = KaitaiStream.bytesToStr(this._io.readBytes(this.lenIdstr), "ASCII");
      this.lenUsed = this._io.readU8be();
      if (this.hasGuestPhysicalAddress) {
        this.guestPhysicalAddress = new WideU8(this._io, this, this._root);
      }
    }

    /**
     * Name of the RAM block, such as `pc.ram`.
     */

    /**
     * Bytes of guest memory in the block.
     */

    /**
     * @see {@link https://mapped-ram.dev/spec#SHARED-1|Source}
     */

    /**
     * Whether the stream was saved with the capability `x-ignore-shared`.
     */

    return RamBlockEntry;
  })();

  /**
   * The body of a ram section, words up to one with the EOS flag.
   * @see {@link https://mapped-ram.dev/spec#RAM-1|Source}
   */

  var RamBody = MappedRam.RamBody = (function() {
    function RamBody(_io, _parent, _root, ofsStart, hasGuestPhysicalAddresses) {
      this._io = _io;
      this._parent = _parent;
      this._root = _root;
      this.ofsStart = ofsStart;
      this.hasGuestPhysicalAddresses = hasGuestPhysicalAddresses;

      this._read();
    }
    RamBody.prototype._read = function() {
      this.items = [];
      var i = 0;
      do {
        var _ = new RamItem(this._io, this, this._root, (i == 0 ? this.ofsStart : this.items[i - 1].ofsEnd), this.hasGuestPhysicalAddresses);
        this.items.push(_);
        i++;
      } while (!(_.word.isEos));
    }
    Object.defineProperty(RamBody.prototype, 'ofsEnd', {
      get: function() {
        if (this._m_ofsEnd !== undefined)
          return this._m_ofsEnd;
        this._m_ofsEnd = this.items[this.items.length - 1].ofsEnd;
        return this._m_ofsEnd;
      }
    });

    return RamBody;
  })();

  /**
   * A word of a ram section, and the block table where the word announces one.
   * The low 8 bits are taken for flags, as the smallest page is 256 bytes.
   * @see {@link https://mapped-ram.dev/spec#RAM-2|Source}
   */

  var RamItem = MappedRam.RamItem = (function() {
    function RamItem(_io, _parent, _root, ofsStart, hasGuestPhysicalAddresses) {
      this._io = _io;
      this._parent = _parent;
      this._root = _root;
      this.ofsStart = ofsStart;
      this.hasGuestPhysicalAddresses = hasGuestPhysicalAddresses;

      this._read();
    }
    RamItem.prototype._read = function() {
    }
    Object.defineProperty(RamItem.prototype, 'blockTable', {
      get: function() {
        if (this._m_blockTable !== undefined)
          return this._m_blockTable;
        if ( ((this.word.isMemSize) && (this.word.address > 0)) ) {
          var _pos = this._io.pos;
          this._io.seek(this.ofsStart + 8);
          this._m_blockTable = new BlockTable(this._io, this, this._root, this.ofsStart + 8, this.word.address, this.hasGuestPhysicalAddresses);
          this._io.seek(_pos);
        }
        return this._m_blockTable;
      }
    });
    Object.defineProperty(RamItem.prototype, 'ofsEnd', {
      get: function() {
        if (this._m_ofsEnd !== undefined)
          return this._m_ofsEnd;
        this._m_ofsEnd = ( ((this.word.isMemSize) && (this.word.address > 0))  ? this.blockTable.ofsEnd : this.ofsStart + 8);
        return this._m_ofsEnd;
      }
    });
    Object.defineProperty(RamItem.prototype, 'word', {
      get: function() {
        if (this._m_word !== undefined)
          return this._m_word;
        var _pos = this._io.pos;
        this._io.seek(this.ofsStart);
        this._m_word = new RamWord(this._io, this, this._root, 256);
        this._io.seek(_pos);
        return this._m_word;
      }
    });

    return RamItem;
  })();

  /**
   * A word in the body of a ram section, an address whose low bits are flags.
   * @see {@link https://mapped-ram.dev/spec#RAM-2|Source}
   */

  var RamWord = MappedRam.RamWord = (function() {
    function RamWord(_io, _parent, _root, pageSize) {
      this._io = _io;
      this._parent = _parent;
      this._root = _root;
      this.pageSize = pageSize;

      this._read();
    }
    RamWord.prototype._read = function() {
      this.word = new WideU8(this._io, this, this._root);
    }

    /**
     * Exact below 2 to the power of 53 only, in languages whose numbers are
     * doubles.
     */
    Object.defineProperty(RamWord.prototype, 'address', {
      get: function() {
        if (this._m_address !== undefined)
          return this._m_address;
        this._m_address = (this.word.high * 4294967296 + this.word.low) - this.flags;
        return this._m_address;
      }
    });

    /**
     * @see {@link https://mapped-ram.dev/spec#FLAGS-1|Source}
     */
    Object.defineProperty(RamWord.prototype, 'flags', {
      get: function() {
        if (this._m_flags !== undefined)
          return this._m_flags;
        this._m_flags = KaitaiStream.mod(this.word.low, this.pageSize);
        return this._m_flags;
      }
    });
    Object.defineProperty(RamWord.prototype, 'isEos', {
      get: function() {
        if (this._m_isEos !== undefined)
          return this._m_isEos;
        this._m_isEos = (this.flags & 16) != 0;
        return this._m_isEos;
      }
    });
    Object.defineProperty(RamWord.prototype, 'isMemSize', {
      get: function() {
        if (this._m_isMemSize !== undefined)
          return this._m_isMemSize;
        this._m_isMemSize = (this.flags & 4) != 0;
        return this._m_isMemSize;
      }
    });

    /**
     * The page size of the destination's target. Bits below it are flags.
     */

    return RamWord;
  })();

  /**
   * One record of the stream, found by its offset, with what the records after
   * it need to know. Only used when the stream is parsed whole.
   * @see {@link https://mapped-ram.dev/spec#SECTION-1|Source}
   */

  var Record = MappedRam.Record = (function() {
    function Record(_io, _parent, _root, ofsStart, ramSectionIdBefore, hasGuestPhysicalAddressesBefore) {
      this._io = _io;
      this._parent = _parent;
      this._root = _root;
      this.ofsStart = ofsStart;
      this.ramSectionIdBefore = ramSectionIdBefore;
      this.hasGuestPhysicalAddressesBefore = hasGuestPhysicalAddressesBefore;

      this._read();
    }
    Record.prototype._read = function() {
    }
    Object.defineProperty(Record.prototype, 'command', {
      get: function() {
        if (this._m_command !== undefined)
          return this._m_command;
        if (this.type == MappedRam.SectionType.COMMAND) {
          var _pos = this._io.pos;
          this._io.seek(this.ofsStart + 1);
          this._m_command = new Command(this._io, this, this._root);
          this._io.seek(_pos);
        }
        return this._m_command;
      }
    });
    Object.defineProperty(Record.prototype, 'configuration', {
      get: function() {
        if (this._m_configuration !== undefined)
          return this._m_configuration;
        if (this.type == MappedRam.SectionType.CONFIGURATION) {
          var _pos = this._io.pos;
          this._io.seek(this.ofsStart + 1);
          this._m_configuration = new Configuration(this._io, this, this._root);
          this._io.seek(_pos);
        }
        return this._m_configuration;
      }
    });
    Object.defineProperty(Record.prototype, 'continuing', {
      get: function() {
        if (this._m_continuing !== undefined)
          return this._m_continuing;
        if (this.isContinuing) {
          var _pos = this._io.pos;
          this._io.seek(this.ofsStart + 1);
          this._m_continuing = new ContinuingSectionHeader(this._io, this, this._root);
          this._io.seek(_pos);
        }
        return this._m_continuing;
      }
    });

    /**
     * @see {@link https://mapped-ram.dev/spec#FOOTER-1|Source}
     */
    Object.defineProperty(Record.prototype, 'footer', {
      get: function() {
        if (this._m_footer !== undefined)
          return this._m_footer;
        if ( (( ((this.isOpening) || (this.isContinuing)) ) && (this.hasFooter)) ) {
          var _pos = this._io.pos;
          this._io.seek(this.ofsFooter + 1);
          this._m_footer = new SectionFooter(this._io, this, this._root);
          this._io.seek(_pos);
        }
        return this._m_footer;
      }
    });
    Object.defineProperty(Record.prototype, 'footerType', {
      get: function() {
        if (this._m_footerType !== undefined)
          return this._m_footerType;
        if (this.isRam) {
          var _pos = this._io.pos;
          this._io.seek(this.ofsFooter);
          this._m_footerType = this._io.readU1();
          this._io.seek(_pos);
        }
        return this._m_footerType;
      }
    });

    /**
     * @see {@link https://mapped-ram.dev/spec#FOOTER-2|Source}
     */
    Object.defineProperty(Record.prototype, 'hasFooter', {
      get: function() {
        if (this._m_hasFooter !== undefined)
          return this._m_hasFooter;
        if ( ((this.isOpening) || (this.isContinuing)) ) {
          this._m_hasFooter = (this.isRam ? this.footerType == MappedRam.SectionType.FOOTER : this.opaqueBody.hasFooter);
        }
        return this._m_hasFooter;
      }
    });
    Object.defineProperty(Record.prototype, 'hasGuestPhysicalAddresses', {
      get: function() {
        if (this._m_hasGuestPhysicalAddresses !== undefined)
          return this._m_hasGuestPhysicalAddresses;
        this._m_hasGuestPhysicalAddresses = (this.type == MappedRam.SectionType.CONFIGURATION ? this.configuration.hasIgnoreShared : this.hasGuestPhysicalAddressesBefore);
        return this._m_hasGuestPhysicalAddresses;
      }
    });
    Object.defineProperty(Record.prototype, 'isContinuing', {
      get: function() {
        if (this._m_isContinuing !== undefined)
          return this._m_isContinuing;
        this._m_isContinuing =  ((this.type == MappedRam.SectionType.PART) || (this.type == MappedRam.SectionType.END)) ;
        return this._m_isContinuing;
      }
    });
    Object.defineProperty(Record.prototype, 'isEndMarker', {
      get: function() {
        if (this._m_isEndMarker !== undefined)
          return this._m_isEndMarker;
        this._m_isEndMarker = this.type == MappedRam.SectionType.EOF;
        return this._m_isEndMarker;
      }
    });
    Object.defineProperty(Record.prototype, 'isLast', {
      get: function() {
        if (this._m_isLast !== undefined)
          return this._m_isLast;
        this._m_isLast =  ((this.isEndMarker) || (this.ofsEnd >= this._io.size)) ;
        return this._m_isLast;
      }
    });
    Object.defineProperty(Record.prototype, 'isOpening', {
      get: function() {
        if (this._m_isOpening !== undefined)
          return this._m_isOpening;
        this._m_isOpening =  ((this.type == MappedRam.SectionType.START) || (this.type == MappedRam.SectionType.FULL)) ;
        return this._m_isOpening;
      }
    });
    Object.defineProperty(Record.prototype, 'isRam', {
      get: function() {
        if (this._m_isRam !== undefined)
          return this._m_isRam;
        this._m_isRam =  (( ((this.isOpening) || (this.isContinuing)) ) && (this.sectionId == this.ramSectionId)) ;
        return this._m_isRam;
      }
    });
    Object.defineProperty(Record.prototype, 'ofsBody', {
      get: function() {
        if (this._m_ofsBody !== undefined)
          return this._m_ofsBody;
        if ( ((this.isOpening) || (this.isContinuing)) ) {
          this._m_ofsBody = (this.isOpening ? (this.ofsStart + 14) + this.opening.lenIdstr : this.ofsStart + 5);
        }
        return this._m_ofsBody;
      }
    });

    /**
     * Where the next record starts.
     */
    Object.defineProperty(Record.prototype, 'ofsEnd', {
      get: function() {
        if (this._m_ofsEnd !== undefined)
          return this._m_ofsEnd;
        this._m_ofsEnd = ( ((this.isOpening) || (this.isContinuing))  ? (this.hasFooter ? this.ofsFooter + 5 : this.ofsFooter) : (this.type == MappedRam.SectionType.CONFIGURATION ? this.configuration.ofsEnd : (this.type == MappedRam.SectionType.COMMAND ? (this.ofsStart + 5) + this.command.lenData : this.ofsStart + 1)));
        return this._m_ofsEnd;
      }
    });
    Object.defineProperty(Record.prototype, 'ofsFooter', {
      get: function() {
        if (this._m_ofsFooter !== undefined)
          return this._m_ofsFooter;
        if ( ((this.isOpening) || (this.isContinuing)) ) {
          this._m_ofsFooter = (this.isRam ? this.ramBody.ofsEnd : this.opaqueBody.ofsEnd);
        }
        return this._m_ofsFooter;
      }
    });

    /**
     * @see {@link https://mapped-ram.dev/spec#SECTION-6|Source}
     */
    Object.defineProperty(Record.prototype, 'opaqueBody', {
      get: function() {
        if (this._m_opaqueBody !== undefined)
          return this._m_opaqueBody;
        if ( (( ((this.isOpening) || (this.isContinuing)) ) && (!(this.isRam))) ) {
          var _pos = this._io.pos;
          this._io.seek(this.ofsBody);
          this._m_opaqueBody = new OpaqueBody(this._io, this, this._root, this.sectionId);
          this._io.seek(_pos);
        }
        return this._m_opaqueBody;
      }
    });
    Object.defineProperty(Record.prototype, 'opening', {
      get: function() {
        if (this._m_opening !== undefined)
          return this._m_opening;
        if (this.isOpening) {
          var _pos = this._io.pos;
          this._io.seek(this.ofsStart + 1);
          this._m_opening = new OpeningSectionHeader(this._io, this, this._root);
          this._io.seek(_pos);
        }
        return this._m_opening;
      }
    });

    /**
     * @see {@link https://mapped-ram.dev/spec#RAM-1|Source}
     */
    Object.defineProperty(Record.prototype, 'ramBody', {
      get: function() {
        if (this._m_ramBody !== undefined)
          return this._m_ramBody;
        if (this.isRam) {
          var _pos = this._io.pos;
          this._io.seek(this.ofsBody);
          this._m_ramBody = new RamBody(this._io, this, this._root, this.ofsBody, this.hasGuestPhysicalAddresses);
          this._io.seek(_pos);
        }
        return this._m_ramBody;
      }
    });
    Object.defineProperty(Record.prototype, 'ramSectionId', {
      get: function() {
        if (this._m_ramSectionId !== undefined)
          return this._m_ramSectionId;
        this._m_ramSectionId = ( ((this.isOpening) && (this.opening.idstr == "ram"))  ? this.opening.sectionId : this.ramSectionIdBefore);
        return this._m_ramSectionId;
      }
    });
    Object.defineProperty(Record.prototype, 'sectionId', {
      get: function() {
        if (this._m_sectionId !== undefined)
          return this._m_sectionId;
        if ( ((this.isOpening) || (this.isContinuing)) ) {
          this._m_sectionId = (this.isOpening ? this.opening.sectionId : this.continuing.sectionId);
        }
        return this._m_sectionId;
      }
    });
    Object.defineProperty(Record.prototype, 'type', {
      get: function() {
        if (this._m_type !== undefined)
          return this._m_type;
        var _pos = this._io.pos;
        this._io.seek(this.ofsStart);
        this._m_type = this._io.readU1();
        if (!( ((this._m_type == MappedRam.SectionType.EOF) || (this._m_type == MappedRam.SectionType.START) || (this._m_type == MappedRam.SectionType.PART) || (this._m_type == MappedRam.SectionType.END) || (this._m_type == MappedRam.SectionType.FULL) || (this._m_type == MappedRam.SectionType.CONFIGURATION) || (this._m_type == MappedRam.SectionType.COMMAND)) )) {
          throw new KaitaiStream.ValidationNotAnyOfError(this._m_type, this._io, "/types/record/instances/type");
        }
        this._io.seek(_pos);
        return this._m_type;
      }
    });

    /**
     * The id of the ram section, if an earlier record started it; otherwise
     * -1.
     */

    return Record;
  })();

  /**
   * What follows the body of a section, after its type byte.
   * @see {@link https://mapped-ram.dev/spec#FOOTER-1|Source}
   */

  var SectionFooter = MappedRam.SectionFooter = (function() {
    function SectionFooter(_io, _parent, _root) {
      this._io = _io;
      this._parent = _parent;
      this._root = _root;

      this._read();
    }
    SectionFooter.prototype._read = function() {
      this.sectionId = this._io.readU4be();
    }

    /**
     * The id of the section that ends here.
     */

    return SectionFooter;
  })();

  /**
   * The first eight bytes of the stream.
   * @see {@link https://mapped-ram.dev/spec#STREAM-1|Source}
   */

  var StreamHeader = MappedRam.StreamHeader = (function() {
    function StreamHeader(_io, _parent, _root) {
      this._io = _io;
      this._parent = _parent;
      this._root = _root;

      this._read();
    }
    StreamHeader.prototype._read = function() {
      this.magic = this._io.readU4be();
      this.version = this._io.readU4be();
    }

    /**
     * 0x5145564d, "QEVM".
     */

    /**
     * Always 3.
     */

    return StreamHeader;
  })();

  /**
   * A subsection with its type byte; the last one has another type byte, which
   * belongs to the next record.
   * @see {@link https://mapped-ram.dev/spec#CONFIG-3|Source}
   */

  var TaggedSubsection = MappedRam.TaggedSubsection = (function() {
    function TaggedSubsection(_io, _parent, _root, hasIgnoreSharedBefore) {
      this._io = _io;
      this._parent = _parent;
      this._root = _root;
      this.hasIgnoreSharedBefore = hasIgnoreSharedBefore;

      this._read();
    }
    TaggedSubsection.prototype._read = function() {
      this.type = this._io.readU1();
      if ( ((this.ofsStart >= 0) && (!(this.isEnd))) ) {
        this.subsection = new ConfigurationSubsection(this._io, this, this._root);
      }
      this.search = [];
      for (var i = 0; i < (this.isCapabilities ? this.capabilities.numCapabilities : 0); i++) {
        this.search.push(new CapabilitySearch(this._io, this, this._root, (i == 0 ? false : this.search[i - 1].isFound), this.capabilities.capabilities[i].name));
      }
    }
    Object.defineProperty(TaggedSubsection.prototype, 'capabilities', {
      get: function() {
        if (this._m_capabilities !== undefined)
          return this._m_capabilities;
        this._m_capabilities = this.subsection.body;
        return this._m_capabilities;
      }
    });
    Object.defineProperty(TaggedSubsection.prototype, 'hasIgnoreShared', {
      get: function() {
        if (this._m_hasIgnoreShared !== undefined)
          return this._m_hasIgnoreShared;
        this._m_hasIgnoreShared = ( ((this.isCapabilities) && (this.capabilities.numCapabilities > 0))  ? this.search[this.search.length - 1].isFound : this.hasIgnoreSharedBefore);
        return this._m_hasIgnoreShared;
      }
    });
    Object.defineProperty(TaggedSubsection.prototype, 'isCapabilities', {
      get: function() {
        if (this._m_isCapabilities !== undefined)
          return this._m_isCapabilities;
        this._m_isCapabilities =  ((!(this.isEnd)) && (this.subsection.name == "configuration/capabilities")) ;
        return this._m_isCapabilities;
      }
    });
    Object.defineProperty(TaggedSubsection.prototype, 'isEnd', {
      get: function() {
        if (this._m_isEnd !== undefined)
          return this._m_isEnd;
        this._m_isEnd = this.type != MappedRam.SectionType.SUBSECTION;
        return this._m_isEnd;
      }
    });
    Object.defineProperty(TaggedSubsection.prototype, 'ofsStart', {
      get: function() {
        if (this._m_ofsStart !== undefined)
          return this._m_ofsStart;
        this._m_ofsStart = this._io.pos - 1;
        return this._m_ofsStart;
      }
    });

    return TaggedSubsection;
  })();

  /**
   * The page size of a target whose page size is not fixed.
   * @see {@link https://mapped-ram.dev/spec#CONFIG-7|Source}
   */

  var TargetPageBits = MappedRam.TargetPageBits = (function() {
    function TargetPageBits(_io, _parent, _root) {
      this._io = _io;
      this._parent = _parent;
      this._root = _root;

      this._read();
    }
    TargetPageBits.prototype._read = function() {
      this.pageBits = this._io.readU4be();
    }

    /**
     * The page size is 2 to the power of this.
     */

    return TargetPageBits;
  })();

  /**
   * The UUID of the virtual machine.
   * @see {@link https://mapped-ram.dev/spec#CONFIG-6|Source}
   */

  var Uuid = MappedRam.Uuid = (function() {
    function Uuid(_io, _parent, _root) {
      this._io = _io;
      this._parent = _parent;
      this._root = _root;

      this._read();
    }
    Uuid.prototype._read = function() {
      this.value = this._io.readBytes(16);
    }

    return Uuid;
  })();

  /**
   * The vmdescription with its type byte.
   * @see {@link https://mapped-ram.dev/spec#VMDESC-1|Source}
   */

  var Vmdescription = MappedRam.Vmdescription = (function() {
    function Vmdescription(_io, _parent, _root) {
      this._io = _io;
      this._parent = _parent;
      this._root = _root;

      this._read();
    }
    Vmdescription.prototype._read = function() {
      this.type = this._io.readU1();
      if (!(this.type == MappedRam.SectionType.VMDESCRIPTION)) {
        throw new KaitaiStream.ValidationNotEqualError(MappedRam.SectionType.VMDESCRIPTION, this.type, this._io, "/types/vmdescription/seq/0");
      }
      this.frame = new VmdescriptionFrame(this._io, this, this._root);
      this.json = KaitaiStream.bytesToStr(this._io.readBytes(this.frame.lenJson), "ASCII");
    }

    /**
     * Name, type and size of every field of every section that is not
     * iterable.
     */

    return Vmdescription;
  })();

  /**
   * The length of the JSON that follows.
   * @see {@link https://mapped-ram.dev/spec#VMDESC-1|Source}
   */

  var VmdescriptionFrame = MappedRam.VmdescriptionFrame = (function() {
    function VmdescriptionFrame(_io, _parent, _root) {
      this._io = _io;
      this._parent = _parent;
      this._root = _root;

      this._read();
    }
    VmdescriptionFrame.prototype._read = function() {
      this.lenJson = this._io.readU4be();
    }

    return VmdescriptionFrame;
  })();

  /**
   * A 64-bit value in two halves, for languages whose numbers do not hold one
   * exactly.
   * @see {@link https://mapped-ram.dev/spec#STREAM-4|Source}
   */

  var WideU8 = MappedRam.WideU8 = (function() {
    function WideU8(_io, _parent, _root) {
      this._io = _io;
      this._parent = _parent;
      this._root = _root;

      this._read();
    }
    WideU8.prototype._read = function() {
      this.high = this._io.readU4be();
      this.low = this._io.readU4be();
    }

    return WideU8;
  })();
  Object.defineProperty(MappedRam.prototype, 'hasVmdescription', {
    get: function() {
      if (this._m_hasVmdescription !== undefined)
        return this._m_hasVmdescription;
      this._m_hasVmdescription =  ((this.records[this.records.length - 1].isEndMarker) && (this.records[this.records.length - 1].ofsEnd < this._io.size)) ;
      return this._m_hasVmdescription;
    }
  });

  /**
   * What follows the end marker; absent where the file ends there.
   * @see {@link https://mapped-ram.dev/spec#VMDESC-1|Source}
   */
  Object.defineProperty(MappedRam.prototype, 'vmdescription', {
    get: function() {
      if (this._m_vmdescription !== undefined)
        return this._m_vmdescription;
      if (this.hasVmdescription) {
        var _pos = this._io.pos;
        this._io.seek(this.records[this.records.length - 1].ofsEnd);
        this._m_vmdescription = new Vmdescription(this._io, this, this._root);
        this._io.seek(_pos);
      }
      return this._m_vmdescription;
    }
  });

  /**
   * @see {@link https://mapped-ram.dev/spec#STREAM-2|Source}
   */

  /**
   * @see {@link https://mapped-ram.dev/spec#STREAM-3|Source}
   */

  /**
   * @see {@link https://mapped-ram.dev/spec#SECTION-1|Source}
   */

  return MappedRam;
})();
