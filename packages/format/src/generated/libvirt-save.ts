// Generated from spec/libvirt_save.ksy (CC0-1.0) by tools/generate. Do not edit.
// @ts-nocheck
import { KaitaiStream, type KaitaiStreamInstance } from '../kaitai-runtime.js';

/**
 * What libvirt's QEMU driver writes in front of the migration stream when it
 * saves a domain to a file. The numbers have the byte order of the host that
 * saved, which the version gives away: it is small.
 */
export interface LibvirtSave {
  /**
   * `LibvirtQemudSave`, or `LibvirtQemudPart` until the image is complete.
   * See CONTAINER-3.
   */
  readonly magic: string;
  /** Always 2. */
  readonly version: LibvirtSave.HostU4;
  /** Bytes between this header and the stream. */
  readonly lenData: LibvirtSave.HostU4;
  /** Whether the domain ran when it was saved. */
  readonly wasRunning: LibvirtSave.HostU4;
  /** One of the enumeration `format`. */
  readonly format: LibvirtSave.HostU4;
  /**
   * Where the cookie starts, in bytes from the end of this header; 0 where
   * there is none.
   */
  readonly ofsCookie: LibvirtSave.HostU4;
  readonly unused: readonly LibvirtSave.HostU4[];
  /** See CONTAINER-4. */
  readonly isBigEndian: boolean;
  /**
   * Where the migration stream starts. It is not aligned.
   * See CONTAINER-6.
   */
  readonly ofsStream: number;
  readonly lenXml: number;
  /**
   * The domain XML.
   * See CONTAINER-5.
   */
  readonly xml: string;
  /**
   * More XML, with what libvirt itself has to remember.
   * See CONTAINER-5.
   */
  readonly cookie: string | undefined;
}

/** The types of the elements. */
export namespace LibvirtSave {
  /**
   * A number in the byte order of the host that saved.
   * See CONTAINER-4.
   */
  export interface HostU4 {
    readonly asLe: number;
    readonly asBe: number;
    readonly value: number;
  }
}

/** The parsers: of the whole, and of each element. */
export interface LibvirtSaveParsers {
  new (io: KaitaiStreamInstance, parent?: unknown, root?: unknown): LibvirtSave;
  readonly HostU4: new (io: KaitaiStreamInstance, parent?: unknown, root?: unknown) => LibvirtSave.HostU4;
  readonly Format: { readonly RAW: 0; readonly GZIP: 1; readonly BZIP2: 2; readonly XZ: 3; readonly LZOP: 4; readonly ZSTD: 5; readonly SPARSE: 6 };
}

/** The parsers of the grammar: one class a type. */
export const LibvirtSave: LibvirtSaveParsers = /* @__PURE__ */ (function() {
  LibvirtSave.Format = Object.freeze({
    RAW: 0,
    GZIP: 1,
    BZIP2: 2,
    XZ: 3,
    LZOP: 4,
    ZSTD: 5,
    SPARSE: 6,

    0: "RAW",
    1: "GZIP",
    2: "BZIP2",
    3: "XZ",
    4: "LZOP",
    5: "ZSTD",
    6: "SPARSE",
  });

  function LibvirtSave(_io, _parent, _root) {
    this._io = _io;
    this._parent = _parent;
    this._root = _root || this;

    this._read();
  }
  LibvirtSave.prototype._read = function() {
    this.magic = KaitaiStream.bytesToStr(this._io.readBytes(16), "ASCII");
    this.version = new HostU4(this._io, this, this._root);
    this.lenData = new HostU4(this._io, this, this._root);
    this.wasRunning = new HostU4(this._io, this, this._root);
    this.format = new HostU4(this._io, this, this._root);
    this.ofsCookie = new HostU4(this._io, this, this._root);
    this.unused = [];
    for (var i = 0; i < 14; i++) {
      this.unused.push(new HostU4(this._io, this, this._root));
    }
  }

  /**
   * A number in the byte order of the host that saved.
   * @see {@link https://mapped-ram.dev/spec#CONTAINER-4|Source}
   */

  var HostU4 = LibvirtSave.HostU4 = (function() {
    function HostU4(_io, _parent, _root) {
      this._io = _io;
      this._parent = _parent;
      this._root = _root;

      this._read();
    }
    HostU4.prototype._read = function() {
      this.asLe = this._io.readU4le();
    }
    Object.defineProperty(HostU4.prototype, 'asBe', {
      get: function() {
        if (this._m_asBe !== undefined)
          return this._m_asBe;
        this._m_asBe = ((KaitaiStream.mod(this.asLe, 256) * 16777216 + KaitaiStream.mod(Math.floor(this.asLe / 256), 256) * 65536) + KaitaiStream.mod(Math.floor(this.asLe / 65536), 256) * 256) + Math.floor(this.asLe / 16777216);
        return this._m_asBe;
      }
    });
    Object.defineProperty(HostU4.prototype, 'value', {
      get: function() {
        if (this._m_value !== undefined)
          return this._m_value;
        this._m_value = (this._root.isBigEndian ? this.asBe : this.asLe);
        return this._m_value;
      }
    });

    return HostU4;
  })();

  /**
   * More XML, with what libvirt itself has to remember.
   * @see {@link https://mapped-ram.dev/spec#CONTAINER-5|Source}
   */
  Object.defineProperty(LibvirtSave.prototype, 'cookie', {
    get: function() {
      if (this._m_cookie !== undefined)
        return this._m_cookie;
      if (this.ofsCookie.value != 0) {
        var _pos = this._io.pos;
        this._io.seek(92 + this.ofsCookie.value);
        this._m_cookie = KaitaiStream.bytesToStr(KaitaiStream.bytesTerminate(this._io.readBytes(this.lenData.value - this.ofsCookie.value), 0, false), "UTF-8");
        this._io.seek(_pos);
      }
      return this._m_cookie;
    }
  });

  /**
   * @see {@link https://mapped-ram.dev/spec#CONTAINER-4|Source}
   */
  Object.defineProperty(LibvirtSave.prototype, 'isBigEndian', {
    get: function() {
      if (this._m_isBigEndian !== undefined)
        return this._m_isBigEndian;
      this._m_isBigEndian = this.version.asLe >= 65536;
      return this._m_isBigEndian;
    }
  });
  Object.defineProperty(LibvirtSave.prototype, 'lenXml', {
    get: function() {
      if (this._m_lenXml !== undefined)
        return this._m_lenXml;
      this._m_lenXml = (this.ofsCookie.value != 0 ? this.ofsCookie.value : this.lenData.value);
      return this._m_lenXml;
    }
  });

  /**
   * Where the migration stream starts. It is not aligned.
   * @see {@link https://mapped-ram.dev/spec#CONTAINER-6|Source}
   */
  Object.defineProperty(LibvirtSave.prototype, 'ofsStream', {
    get: function() {
      if (this._m_ofsStream !== undefined)
        return this._m_ofsStream;
      this._m_ofsStream = 92 + this.lenData.value;
      return this._m_ofsStream;
    }
  });

  /**
   * The domain XML.
   * @see {@link https://mapped-ram.dev/spec#CONTAINER-5|Source}
   */
  Object.defineProperty(LibvirtSave.prototype, 'xml', {
    get: function() {
      if (this._m_xml !== undefined)
        return this._m_xml;
      var _pos = this._io.pos;
      this._io.seek(92);
      this._m_xml = KaitaiStream.bytesToStr(KaitaiStream.bytesTerminate(this._io.readBytes(this.lenXml), 0, false), "UTF-8");
      this._io.seek(_pos);
      return this._m_xml;
    }
  });

  /**
   * `LibvirtQemudSave`, or `LibvirtQemudPart` until the image is complete.
   * @see {@link https://mapped-ram.dev/spec#CONTAINER-3|Source}
   */

  /**
   * Always 2.
   */

  /**
   * Bytes between this header and the stream.
   */

  /**
   * Whether the domain ran when it was saved.
   */

  /**
   * One of the enumeration `format`.
   */

  /**
   * Where the cookie starts, in bytes from the end of this header; 0 where
   * there is none.
   */

  return LibvirtSave;
})();
