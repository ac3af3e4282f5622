import { MappedRamError, RAM_WORD_LENGTH_BYTES, RamFlag } from '@mapped-ram/format';
import type { ClassicBlock } from '../model.js';
import { untilNul } from '../stream/until-nul.js';
import type { InputPiece } from './record-input.js';
import type { ClassicRun } from './visitor.js';

/** Why {@link PageRecords.take} stopped: the piece is used up, pages come that are in the batch, a word ends the records. */
export type RecordsEnd = 'piece' | 'batch' | 'eos' | 'mem-size';

/** What comes before a difference: how it is encoded, and a be16 length (QEMU 11.1, migration/ram.c, `load_xbzrle`). */
const XBZRLE_HEADER_BYTES = 3;
const XBZRLE_ENCODING = 1;

/** A run while it grows. */
interface RunDraft {
  blockIndex: number;
  firstPage: number;
  pageCount: number;
  /** Where its pages start in the buffer; -1 where they are zero. */
  start: number;
  /** Where the contents of its first and of its last page lie in the file, or the fills of zero pages. */
  byteOffset: number;
  lastOffset: number;
  /** 0 while there is one page. */
  strideBytes: number;
}

/**
 * Reads the records with the pages of a classic stream. Nothing is allocated for a page: the words between pages are
 * taken out by moving pages together within the piece, so that neighbours become runs. Mirrors `ram_load_precopy` (QEMU
 * 9.0 to 11.1, migration/ram.c).
 */
export class PageRecords {
  readonly #blocks: readonly ClassicBlock[];
  readonly #pageSize: number;
  readonly #indexByName: ReadonlyMap<string, number>;
  readonly #unreadPage: ((blockIndex: number, page: number) => void) | undefined;
  #blockIndex = -1;
  #piece: InputPiece = { buffer: new Uint8Array(), start: 0, end: 0, byteOffset: 0, isLast: true };
  #view = viewOf(this.#piece);
  #position = 0;
  #packed = 0;
  #drafts: RunDraft[] = [];

  /** @param unreadPage Called for pages that are stored as differences, which are refused where it is missing. */
  constructor(
    blocks: readonly ClassicBlock[],
    pageSize: number,
    unreadPage?: (blockIndex: number, page: number) => void,
  ) {
    this.#unreadPage = unreadPage;
    this.#blocks = blocks;
    this.#pageSize = pageSize;
    this.#indexByName = new Map(blocks.map(({ idstr, index }) => [idstr, index]));
  }

  /** Where the next record starts in the file. */
  get byteOffset(): number {
    return this.#piece.byteOffset + this.#position - this.#piece.start;
  }

  /**
   * Holds a block of another table to those of the first.
   *
   * @throws MappedRamError `bad-block-table`.
   */
  checkBlock(idstr: string, usedLength: number, byteOffset: number): void {
    const index = this.#indexByName.get(idstr);
    const block = index === undefined ? undefined : this.#blocks[index];
    if (block?.usedLength === usedLength) return;
    const [what, actual] =
      block === undefined
        ? ['a second block table has a block that the first has not', idstr]
        : ['a second block table gives a block another length', usedLength];
    throw new MappedRamError('bad-block-table', {
      what,
      byteOffset,
      path: 'ram',
      ...(block !== undefined && { expected: block.usedLength }),
      actual,
    });
  }

  /** The end of the piece, which holds no whole record. */
  get leftOver(): Uint8Array {
    return this.#piece.buffer.subarray(this.#position, this.#piece.end);
  }

  /** Goes on with another piece; the runs of the last one must have been taken. There is none at first. */
  continueWith(piece: InputPiece): void {
    this.#piece = piece;
    this.#view = viewOf(piece);
    this.#position = this.#packed = piece.start;
  }

  /**
   * Takes in records. At the end of the stream's memory the position is behind the EOS word; a word with MEM_SIZE is
   * left to the caller.
   *
   * @throws MappedRamError `unexpected-end`, `forbidden-ram-flag`, `unknown-ram-flags`, `unexpected-value`.
   */
  take(): RecordsEnd {
    const { end } = this.#piece;
    while (this.#position + RAM_WORD_LENGTH_BYTES <= end) {
      const low = this.#view.getUint32(this.#position + 4);
      const flags = low & (this.#pageSize - 1);
      const kind = flags & ~RamFlag.continue;
      if (kind === RamFlag.memSize) {
        // A table of nothing: QEMU reads no entry of it.
        const isEmpty = low === flags && this.#view.getUint32(this.#position) === 0;
        if (!isEmpty) return 'mem-size';
        this.#position += RAM_WORD_LENGTH_BYTES;
        continue;
      }
      if (kind === RamFlag.eos) {
        this.#position += RAM_WORD_LENGTH_BYTES;
        return 'eos';
      }
      if (PASSED_WORDS.has(kind) && this.#unreadPage !== undefined) {
        this.#position += RAM_WORD_LENGTH_BYTES;
        continue;
      }
      const isUnread = kind === RamFlag.xbzrle && this.#unreadPage !== undefined;
      if (kind !== RamFlag.page && kind !== RamFlag.zero && !isUnread) throw this.#wrongFlags(flags);
      const nameBytes = this.#nameLengthBytes(flags);
      const contents = this.#position + RAM_WORD_LENGTH_BYTES + nameBytes;
      if (nameBytes < 0) break;
      const recordEnd = contents + this.#contentsBytes(kind, contents);
      // The length of a difference is among its bytes.
      if (recordEnd > end || Number.isNaN(recordEnd)) break;
      if (nameBytes > 0) this.#readName(this.#position + RAM_WORD_LENGTH_BYTES);
      const page = (this.#view.getUint32(this.#position) * 2 ** 32 + (low - flags)) / this.#pageSize;
      if (isUnread) {
        this.#checkPage(page);
        this.#unreadPage?.(this.#blockIndex, page);
      } else if (!this.#append(page, kind === RamFlag.page ? contents : -1, contents)) return 'batch';
      if (kind === RamFlag.zero) this.#checkFill(contents);
      this.#position = recordEnd;
    }
    if (!this.#piece.isLast) return 'piece';
    const actual = `${end - this.#position} bytes`;
    throw new MappedRamError('unexpected-end', { byteOffset: this.byteOffset, path: 'ram', actual });
  }

  /** The runs since they were last taken: views into the piece. */
  takeRuns(): ClassicRun[] {
    const runs = this.#drafts.map(({ start, lastOffset: _, ...run }): ClassicRun => {
      if (start < 0) return run;
      return { ...run, bytes: this.#piece.buffer.subarray(start, start + run.pageCount * this.#pageSize) };
    });
    this.#drafts = [];
    return runs;
  }

  /** Bytes of a record behind its word and name; NaN where the piece ends before that is told. */
  #contentsBytes(kind: number, contents: number): number {
    if (kind === RamFlag.page) return this.#pageSize;
    if (kind === RamFlag.zero) return 1;
    if (contents + XBZRLE_HEADER_BYTES > this.#piece.end) return Number.NaN;
    const encoding = this.#view.getUint8(contents);
    const lengthBytes = this.#view.getUint16(contents + 1);
    if (encoding === XBZRLE_ENCODING && lengthBytes <= this.#pageSize)
      return XBZRLE_HEADER_BYTES + lengthBytes;
    const what = 'a page that is stored as a difference has a header that does not exist';
    throw new MappedRamError('unexpected-value', {
      what,
      byteOffset: this.byteOffset,
      path: 'ram',
      actual: encoding,
    });
  }

  #checkPage(page: number): void {
    const block = this.#blocks[this.#blockIndex];
    if (block !== undefined && page < block.pageCount) return;
    throw new MappedRamError('unexpected-value', {
      what: block === undefined ? 'a page of no block' : 'a page behind the end of its block',
      byteOffset: this.byteOffset,
      path: block === undefined ? 'ram' : `ram.blocks[${this.#blockIndex}]`,
      actual: page,
    });
  }

  /**
   * Adds a page to the batch; false where it may be in it already.
   *
   * @param contents Where the page is in the piece; -1 where it is zero.
   * @param at Where its bytes, or the one that stands for them, are in the piece.
   */
  #append(page: number, contents: number, at: number): boolean {
    this.#checkPage(page);
    const byteOffset = this.#piece.byteOffset + at - this.#piece.start;
    const last = this.#drafts.at(-1);
    const isZero = contents < 0;
    if (last?.blockIndex === this.#blockIndex) {
      const next = last.firstPage + last.pageCount;
      if (page < next) return false;
      const strideBytes = byteOffset - last.lastOffset;
      const isInStep = last.strideBytes === 0 || last.strideBytes === strideBytes;
      if (page === next && isZero === last.start < 0 && (isZero || isInStep)) {
        if (!isZero) this.#pack(contents);
        last.pageCount++;
        last.strideBytes = strideBytes;
        last.lastOffset = byteOffset;
        return true;
      }
    } else if (this.#drafts.some(({ blockIndex }) => blockIndex === this.#blockIndex)) {
      return false;
    }
    const start = isZero ? -1 : this.#pack(contents);
    this.#drafts.push({
      blockIndex: this.#blockIndex,
      firstPage: page,
      pageCount: 1,
      start,
      byteOffset,
      lastOffset: byteOffset,
      strideBytes: 0,
    });
    return true;
  }

  /** Moves a page to the others; where it now starts. */
  #pack(contents: number): number {
    const start = this.#packed;
    this.#piece.buffer.copyWithin(start, contents, contents + this.#pageSize);
    this.#packed += this.#pageSize;
    return start;
  }

  /** Length of the name and its length byte in a record at the position; -1 where the piece ends before it. */
  #nameLengthBytes(flags: number): number {
    if ((flags & RamFlag.continue) !== 0) return 0;
    const at = this.#position + RAM_WORD_LENGTH_BYTES;
    return at < this.#piece.end ? 1 + this.#view.getUint8(at) : -1;
  }

  #readName(at: number): void {
    const length = this.#view.getUint8(at);
    const idstr = untilNul(String.fromCharCode(...this.#piece.buffer.subarray(at + 1, at + 1 + length)));
    const index = this.#indexByName.get(idstr);
    if (index === undefined) {
      const what = 'a page of a block that is not in the block table';
      throw new MappedRamError('unexpected-value', {
        what,
        byteOffset: this.byteOffset,
        path: 'ram',
        actual: idstr,
      });
    }
    this.#blockIndex = index;
  }

  /** Once, pages of any one byte were sent so. */
  #checkFill(at: number): void {
    const actual = this.#view.getUint8(at);
    if (actual === 0) return;
    const what = 'a zero page that is not zero';
    throw new MappedRamError('unexpected-value', { what, byteOffset: this.byteOffset, path: 'ram', actual });
  }

  #wrongFlags(flags: number): MappedRamError {
    const details = { byteOffset: this.byteOffset, path: 'ram', actual: flags };
    for (const [flag, what] of REFUSED_RECORDS) {
      if ((flags & flag) !== 0) return new MappedRamError('forbidden-ram-flag', { ...details, what });
    }
    return new MappedRamError('unknown-ram-flags', details);
  }
}

/** Words that have QEMU wait for other channels, of which there are none where it restores from a file. */
const PASSED_WORDS: ReadonlySet<number> = new Set([RamFlag.multifdFlush, RamFlag.hook]);

/** Records that mean something, but no memory that could be read from the stream alone. */
const REFUSED_RECORDS = [
  [
    RamFlag.xbzrle,
    'pages are stored as differences from others (the capability xbzrle), which is not supported',
  ],
  [RamFlag.compressPage, 'pages are compressed (the capability compress), which is not supported'],
  [
    RamFlag.multifdFlush,
    'pages went through other channels (the capability multifd) and are not in the stream',
  ],
  [RamFlag.hook, 'pages went through RDMA and are not in the stream'],
] as const;

function viewOf({ buffer }: InputPiece): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
}
