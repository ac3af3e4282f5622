import {
  bitmapLengthBytes,
  isPageSize,
  Limits,
  MAPPED_RAM_HEADER_LENGTH_BYTES,
  MappedRam,
  MappedRamError,
  pageCount,
  RAM_WORD_LENGTH_BYTES,
} from '@mapped-ram/format';
import type { OversizedBlock, RamBlock } from '../model.js';
import type { SourceWindow } from '../window.js';
import { exactOf } from './exact.js';
import type { NoteFault } from './problem-list.js';
import type { RamBodyDraft } from './ram-body-draft.js';
import type { RamFormat } from './ram-format.js';
import { untilNul } from './until-nul.js';

/** The longest entry with its header has 300 bytes. Reading further might read pages. */
const ENTRY_READ_AHEAD_BYTES = 300;

/** Behind the block table no pages are met any more. */
const DEVICES_READ_AHEAD_BYTES = 64 * 1024;

/** How often QEMU may read entries again that lead back to themselves, and be done soon. */
const MOST_ROUNDS = 10_000n;

/**
 * Where a table ends that leads back to one of its entries: QEMU reads those from there on again and again, until what it has read adds up
 * to the total.
 *
 * @param sums What the lengths before each entry add up to.
 * @param restBytes What is missing to the total.
 * @returns The offset of the entry before which the sum is reached; undefined where there is none, or not soon.
 */
function endInCircle(
  sums: ReadonlyMap<number, bigint>,
  byteOffset: number,
  restBytes: bigint,
  sumBytes: bigint,
): number | undefined {
  const before = sums.get(byteOffset);
  if (before === undefined || before === sumBytes) return undefined;
  const circleBytes = sumBytes - before;
  if (restBytes / circleBytes > MOST_ROUNDS) return undefined;
  const wanted = before + (restBytes % circleBytes);
  return [...sums].find(([, sum]) => sum === wanted)?.[0];
}

/** Reads block tables, and keeps the blocks of all of them. */
export class BlockTableReader {
  /** The blocks of all tables so far. */
  readonly ramBlocks: RamBlock[] = [];
  /** The first entry that has a number beyond 2^53 - 1. */
  oversizedBlock: OversizedBlock | undefined;
  readonly format: RamFormat;
  readonly #window: SourceWindow;
  readonly #note: NoteFault;
  readonly #entryOffsets = new Set<number>();

  /** @param note Takes what is wrong with an entry and does not keep the next one from being read. */
  constructor(window: SourceWindow, format: RamFormat, note: NoteFault) {
    this.#window = window;
    this.#note = note;
    this.format = format;
  }

  /**
   * Reads entries until their lengths add up to the total, in 64 bits, jumping over the pages. Lengths that go past the
   * total are only noticed where no entry follows. Mirrors `parse_ramblocks` and `parse_ramblock_mapped_ram` (QEMU 9.0
   * to 11.1, migration/ram.c).
   *
   * @param draft The body that the table is a part of: it starts at `endOffset`, and ends there in the end.
   */
  async read(totalBytes: bigint, draft: RamBodyDraft): Promise<void> {
    const byteOffset = draft.endOffset;
    const blocks: RamBlock[] = [];
    const table = { byteOffset, byteLength: 0, totalBytes, blocks };
    draft.body.blockTables.push(table);
    if (totalBytes === 0n) return;
    const { layout, hasGuestPhysicalAddress } = await this.format.entryFormat(byteOffset);
    if (layout === 'classic') {
      // The records with the pages would be read from here.
      throw new MappedRamError('not-mapped-ram', { byteOffset, path: 'ram' });
    }
    this.#window.readAheadBytes = ENTRY_READ_AHEAD_BYTES;
    let sumBytes = 0n;
    /** The sum before each entry. */
    const sums = new Map<number, bigint>();
    while (BigInt.asUintN(64, sumBytes) !== totalBytes) {
      const end = endInCircle(sums, draft.endOffset, BigInt.asUintN(64, totalBytes - sumBytes), sumBytes);
      if (end !== undefined) {
        draft.endOffset = end;
        break;
      }
      sums.set(draft.endOffset, sumBytes);
      const block = await this.#readBlock(draft.endOffset, blocks.length, hasGuestPhysicalAddress).catch(
        (error: unknown) => {
          const isPastTotal = sumBytes > totalBytes && isNoEntry(error);
          throw isPastTotal ? notTheTotal(byteOffset - RAM_WORD_LENGTH_BYTES, totalBytes, sumBytes) : error;
        },
      );
      blocks.push(block);
      this.ramBlocks.push(block);
      draft.endOffset = block.ignored ? block.byteOffset + block.byteLength : offsetBehindPages(block);
      table.byteLength = Math.max(table.byteLength, draft.endOffset - byteOffset);
      sumBytes += BigInt(block.usedLength);
    }
    this.#window.readAheadBytes = DEVICES_READ_AHEAD_BYTES;
  }

  /** Looks at the name of an entry that cannot be read whole. */
  async #faultOfName(byteOffset: number, path: string): Promise<MappedRamError | undefined> {
    const { value } = await this.#window.parse(byteOffset, (io) => io.readBytes(io.readU1()));
    const idstr = String.fromCharCode(...value);
    return isBlockName(idstr) ? undefined : notAName(idstr, byteOffset, path);
  }

  /** Reads an entry again whose numbers do not fit. */
  async #exactBlock(byteOffset: number, hasGuestPhysicalAddress: boolean) {
    const { value, endOffset } = await this.#window.parse(byteOffset, (io) => {
      const exact = () => exactOf(new MappedRam.WideU8(io));
      const idstr = String.fromCharCode(...io.readBytes(io.readU1()));
      const usedLength = exact();
      const guestPhysicalAddress = hasGuestPhysicalAddress ? new MappedRam.WideU8(io) : undefined;
      const fields = { headerVersion: io.readU4be(), pageSize: exact() };
      const offsets = { bitmapOffset: exact(), pagesOffset: exact() };
      return { idstr, guestPhysicalAddress, numbers: { usedLength, ...fields, ...offsets } };
    });
    const { idstr, guestPhysicalAddress, numbers } = value;
    const block: OversizedBlock = {
      byteOffset,
      byteLength: endOffset - byteOffset,
      idstr,
      ignored: hasGuestPhysicalAddress && numbers.bitmapOffset === 0n && numbers.pagesOffset === 0n,
      ...numbers,
    };
    const entry = { idstr, guestPhysicalAddress, lenUsed: saturated(block.usedLength) };
    const header = {
      version: block.headerVersion,
      lenPage: saturated(block.pageSize),
      ofsBitmap: saturated(block.bitmapOffset),
      ofsPages: saturated(block.pagesOffset),
    };
    return { block, value: { entry, header }, endOffset };
  }

  async #readBlock(byteOffset: number, index: number, hasGuestPhysicalAddress: boolean): Promise<RamBlock> {
    const path = `ram.blocks[${this.ramBlocks.length}]`;
    if (this.ramBlocks.length >= Limits.ramBlocks) {
      throw new MappedRamError('limit-exceeded', { byteOffset, path, expected: Limits.ramBlocks });
    }
    if (this.#entryOffsets.has(byteOffset)) {
      const what = 'the block table leads back to an entry that was read before';
      throw new MappedRamError('limit-exceeded', { what, byteOffset, path });
    }
    this.#entryOffsets.add(byteOffset);
    let expectedHeaderOffset = Number.POSITIVE_INFINITY;
    const { value, endOffset } = await this.#window
      .parse(byteOffset, (io) => {
        const entry = new MappedRam.RamBlockEntry(io, undefined, undefined, hasGuestPhysicalAddress);
        expectedHeaderOffset = byteOffset + io.pos;
        // Without a name it is no block's entry, and what follows need not be a header.
        const isEntry = isBlockName(entry.idstr);
        return { entry, header: isEntry ? new MappedRam.MappedRamHeader(io) : undefined };
      })
      .catch(async (error: unknown) => {
        if (!(error instanceof MappedRamError) || error.code !== 'value-too-large') throw error;
        const faultOfName = await this.#faultOfName(byteOffset, path);
        if (faultOfName !== undefined) throw faultOfName;
        const exact = await this.#exactBlock(byteOffset, hasGuestPhysicalAddress);
        this.oversizedBlock ??= exact.block;
        const located = locateField(error, path, expectedHeaderOffset);
        if (!canBeFollowed(exact.block)) throw located;
        this.#note(located);
        return exact;
      });
    const { entry, header } = value;
    if (header === undefined) throw notAName(entry.idstr, byteOffset, path);
    const pages = header.lenPage === 0 ? 0 : pageCount(entry.lenUsed, header.lenPage);
    const { guestPhysicalAddress } = entry;
    const ignored = hasGuestPhysicalAddress && header.ofsBitmap === 0 && header.ofsPages === 0;
    const headerOffset = endOffset - MAPPED_RAM_HEADER_LENGTH_BYTES;
    this.#checkPageSize(header.lenPage, headerOffset, path);
    return {
      byteOffset,
      byteLength: endOffset - byteOffset,
      index,
      idstr: entry.idstr,
      usedLength: entry.lenUsed,
      ...(guestPhysicalAddress !== undefined && { guestPhysicalAddress: exactOf(guestPhysicalAddress) }),
      headerOffset,
      headerVersion: header.version,
      pageSize: header.lenPage,
      bitmapOffset: header.ofsBitmap,
      pagesOffset: header.ofsPages,
      pageCount: pages,
      bitmapLengthBytes: bitmapLengthBytes(pages),
      ignored,
    };
  }

  /** Here and nowhere else: whoever gets a snapshot that is not open for all its problems can allocate by pages. */
  #checkPageSize(pageSize: number, headerOffset: number, path: string): void {
    // What is beyond 2^53 - 1 was reported as such.
    if (isPageSize(pageSize) || pageSize === Number.MAX_SAFE_INTEGER) return;
    const where = { byteOffset: headerOffset + PAGE_SIZE_AT, path: `${path}.pageSize` };
    const error = new MappedRamError('bad-page-size', { ...where, actual: pageSize });
    this.#note(error);
  }
}

/**
 * Names that blocks have are printable ASCII; anything else is not the place of an entry. QEMU takes a name only up to
 * a NUL.
 */
function isBlockName(idstr: string): boolean {
  return /^[ -~]+$/.test(untilNul(idstr));
}

/** QEMU stops at a name that it does not know, before it looks at anything that follows. */
function notAName(idstr: string, byteOffset: number, path: string): MappedRamError {
  const isEmpty = idstr === '';
  const what = isEmpty
    ? 'a block without a name: the lengths before it do not reach the total'
    : 'a block with a name that none can have';
  return new MappedRamError('bad-block-table', {
    what,
    byteOffset,
    path: `${path}.idstr`,
    ...(!isEmpty && { actual: JSON.stringify(idstr) }),
  });
}

/** Whether it is known where the stream goes on. A page as large as that leaves the block without any. */
function canBeFollowed({ usedLength, bitmapOffset, pagesOffset }: OversizedBlock): boolean {
  return usedLength + pagesOffset + bitmapOffset <= BigInt(Number.MAX_SAFE_INTEGER);
}

function saturated(value: bigint): number {
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(value);
}

/** Whether the fault is that there is no entry where one was looked for. */
function isNoEntry(error: unknown): boolean {
  return error instanceof MappedRamError && ['bad-block-table', 'unexpected-end'].includes(error.code);
}

function notTheTotal(byteOffset: number, expected: bigint, actual: bigint): MappedRamError {
  const what = 'the lengths of the blocks do not add up to the total';
  return new MappedRamError('bad-block-table', { what, byteOffset, path: 'ram', expected, actual });
}

/** Where the page size is in a mapped-ram header. */
const PAGE_SIZE_AT = 4;

/** The 64-bit fields of a mapped-ram header by their place in it. */
const HEADER_FIELDS: ReadonlyMap<number, string> = new Map([
  [PAGE_SIZE_AT, 'pageSize'],
  [12, 'bitmapOffset'],
  [20, 'pagesOffset'],
]);

/** Names the field of an entry or its header that is too large, in the error's path. */
function locateField(error: MappedRamError, path: string, headerOffset: number): MappedRamError {
  const { byteOffset = 0, actual } = error;
  const field = HEADER_FIELDS.get(byteOffset - headerOffset) ?? 'usedLength';
  return new MappedRamError(error.code, { byteOffset, path: `${path}.${field}`, actual, cause: error });
}

function offsetBehindPages({ pagesOffset, usedLength, headerOffset, index }: RamBlock): number {
  const end = pagesOffset + usedLength;
  if (Number.isSafeInteger(end)) return end;
  throw new MappedRamError('value-too-large', {
    byteOffset: headerOffset + 20,
    path: `ram.blocks[${index}].pagesOffset`,
    actual: BigInt(pagesOffset) + BigInt(usedLength),
  });
}
