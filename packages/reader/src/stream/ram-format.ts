import {
  IGNORE_SHARED_CAPABILITY,
  isPageSize,
  Limits,
  MAPPED_RAM_CAPABILITY,
  MAPPED_RAM_HEADER_VERSION,
  MappedRam,
  PAGES_ALIGNMENT_BYTES,
  RAM_WORD_LENGTH_BYTES,
  RamFlag,
} from '@mapped-ram/format';
import { contentsErrorOf } from '../contents-error.js';
import type { Configuration, RamWord, StreamModel } from '../model.js';
import type { SourceWindow } from '../window.js';
import { exactOf } from './exact.js';

/** The page of most targets, where nothing says otherwise. */
const USUAL_PAGE_BYTES = 4096;

/** How the stream keeps guest memory, and what is in each entry of its block table. */
export interface EntryFormat {
  readonly layout: NonNullable<StreamModel['ramLayout']>;
  readonly hasGuestPhysicalAddress: boolean;
}

/**
 * What one has to know to read a ram section, and what the section itself does not say: the configuration says it, or
 * the first block gives it away.
 */
export class RamFormat {
  readonly #window: SourceWindow;
  readonly #configuredPageSize: number | undefined;
  #entryFormat: EntryFormat | undefined;
  #pageSize: number | undefined;

  constructor(window: SourceWindow, configuration: Configuration | undefined) {
    this.#window = window;
    if (configuration === undefined) return;
    const capabilities = configuration.capabilities?.map(({ value }) => value) ?? [];
    this.#entryFormat = {
      layout: capabilities.includes(MAPPED_RAM_CAPABILITY) ? 'mapped-ram' : 'classic',
      hasGuestPhysicalAddress: capabilities.includes(IGNORE_SHARED_CAPABILITY),
    };
    const pageSize = 2 ** (configuration.targetPageBits ?? 0);
    if (isPageSize(pageSize)) this.#configuredPageSize = pageSize;
  }

  /** Absent where neither a configuration section nor a block has told. */
  get layout(): StreamModel['ramLayout'] {
    return this.#entryFormat?.layout;
  }

  /**
   * What the capability list says; without a configuration section, whether a mapped-ram header follows the table's
   * first entry.
   */
  async entryFormat(firstEntryOffset: number): Promise<EntryFormat> {
    this.#entryFormat ??= await this.#sniffEntryFormat(firstEntryOffset);
    return this.#entryFormat;
  }

  /** Whether a mapped-ram header seems to follow the table's first entry, whatever the capability list says. */
  async looksMappedRam(firstEntryOffset: number): Promise<boolean> {
    return (await this.#sniffEntryFormat(firstEntryOffset)).layout === 'mapped-ram';
  }

  /**
   * The page size of the stream's target, below which the bits of a word are flags. The word at `wordOffset` and the
   * entry behind it may be looked at.
   */
  async pageSize(wordOffset: number): Promise<number> {
    if (this.#pageSize !== undefined) return this.#pageSize;
    // No target has a smaller page, so these bits are flags everywhere.
    const { word, flags } = await readRamWord(this.#window, wordOffset, Limits.minPageSizeBytes);
    if ((flags & RamFlag.memSize) === 0) return this.#configuredPageSize ?? USUAL_PAGE_BYTES;
    const stated =
      this.#configuredPageSize ?? (await this.#pageSizeOfEntry(wordOffset + RAM_WORD_LENGTH_BYTES));
    const pageSize = stated !== undefined && isPageSize(stated) ? stated : USUAL_PAGE_BYTES;
    // A total is a multiple of the page size, so a header that says more than its lowest bit is wrong.
    this.#pageSize = Math.min(pageSize, lowestBitFrom(USUAL_PAGE_BYTES, word));
    return this.#pageSize;
  }

  async #pageSizeOfEntry(entryOffset: number): Promise<number | undefined> {
    const { hasGuestPhysicalAddress } = await this.entryFormat(entryOffset);
    return (await this.#peekHeader(entryOffset, hasGuestPhysicalAddress))?.lenPage;
  }

  async #sniffEntryFormat(firstEntryOffset: number): Promise<EntryFormat> {
    for (const hasGuestPhysicalAddress of [false, true]) {
      const header = await this.#peekHeader(firstEntryOffset, hasGuestPhysicalAddress);
      if (header !== undefined && isPlausible(header)) {
        return { layout: 'mapped-ram', hasGuestPhysicalAddress };
      }
    }
    return { layout: 'classic', hasGuestPhysicalAddress: false };
  }

  /** The mapped-ram header of the entry at an offset; undefined where nothing of the kind can be read. */
  async #peekHeader(entryOffset: number, hasGuestPhysicalAddress: boolean) {
    try {
      const { value } = await this.#window.parse(entryOffset, (io) => {
        new MappedRam.RamBlockEntry(io, undefined, undefined, hasGuestPhysicalAddress);
        return new MappedRam.MappedRamHeader(io);
      });
      return value;
    } catch (error) {
      contentsErrorOf(error);
      return undefined;
    }
  }
}

/** Reads one word; `pageSize` decides which of its bits are flags. */
export async function readRamWord(
  window: SourceWindow,
  byteOffset: number,
  pageSize: number,
): Promise<RamWord> {
  const { value } = await window.parse(
    byteOffset,
    (io) => new MappedRam.RamWord(io, undefined, undefined, pageSize),
  );
  return { byteOffset, word: exactOf(value.word), flags: value.flags };
}

/**
 * Whether bytes may be a header rather than what follows an entry in a classic stream: another entry, or a word with flags,
 * whose low half is never 0.
 */
function isPlausible({ version, lenPage, ofsPages }: MappedRam.MappedRamHeader): boolean {
  if (version > MAPPED_RAM_HEADER_VERSION) return false;
  return lenPage === 0 || isPageSize(lenPage) || (ofsPages !== 0 && ofsPages % PAGES_ALIGNMENT_BYTES === 0);
}

/** The lowest set bit in the lower half of a word, of those worth `floor` and more; Infinity where there is none. */
function lowestBitFrom(floor: number, word: bigint): number {
  const bits = Number(BigInt.asUintN(31, word)) & -floor;
  return bits === 0 ? Number.POSITIVE_INFINITY : bits & -bits;
}
