import {
  booleanOption,
  bytesOption,
  checkOptions,
  countSet,
  guessWordOrder,
  integerOption,
  MappedRamError,
  signalOption,
  textOption,
  type WordOrder,
  type WordOrderGuess,
} from '@mapped-ram/format';
import type { ByteSource } from './byte-source.js';
import { walkClassicPages } from './classic/count-pages.js';
import { decodeState, type StateNode } from './device-state/decode.js';
import { findDevice } from './device-state/vmdescription.js';
import type {
  ClassicPages,
  Configuration,
  LibvirtSaveHeader,
  OpeningSection,
  OversizedBlock,
  Problem,
  RamBlock,
  Section,
  StreamModel,
  Vmdescription,
  VmdescriptionFrame,
} from './model.js';
import { type BitmapChunk, readBitmapChunks, readBitmapPart } from './ram/bitmap-chunks.js';
import type { BlockInFile } from './ram/block-region.js';
import { clearPagesInHoles } from './ram/holes.js';
import { type PageBatch, readPageBatches } from './ram/page-batches.js';
import { readPages } from './ram/read-pages.js';
import { findRuns, type RunBatch, type RunSearch } from './ram/runs.js';
import { guardSource } from './sources/guarded-source.js';
import { walkStream } from './stream/stream-walk.js';
import { readFully } from './window.js';

/** A device's state is held whole to be decoded. Real ones have some MiB at most. */
const MAX_STATE_BYTES = 64 * 1024 * 1024;

/** Pages to guess a bitmap's word order from: its last ones, in a piece of 128 KiB. */
const GUESS_PAGES = 1024 * 1024;

const DEFAULT_CHUNK_BYTES = 1024 * 1024;

/** Three of these are held at once. */
const MAX_CHUNK_BYTES = 1024 * 1024 * 1024;

const RUN_OPTIONS = {
  clear: booleanOption,
  withoutHoles: booleanOption,
  firstPage: integerOption(),
  pageCount: integerOption(),
};

/** How to open a snapshot. */
export interface OpenOptions {
  /** Offset of the stream in the file, in bytes; by default the start, or where a libvirt header says. */
  readonly streamOffset?: number;
  /** Byte order of the bitmaps' 64-bit words: the saving host's. Little-endian by default; nothing is guessed. */
  readonly wordOrder?: WordOrder;
  /** Give a snapshot whatever is wrong with the file, with what was read and `problems`. */
  readonly tolerant?: boolean;
  /** Walk a classic stream to its end too, over all of its pages, and count them. Off if not given: the walk ends at its first page. */
  readonly classic?: boolean;
  /** Ends opening and every later read through the snapshot. */
  readonly signal?: AbortSignal;
}

/** Which runs are wanted. */
export interface RunOptions {
  /** Runs of clear bits instead of set ones. */
  readonly clear?: boolean;
  /**
   * Take pages that lie in holes of the file for clear, where the source knows its holes: they are zero, whatever their bits
   * say. A small file can have any number of set bits over holes. Off if not given.
   */
  readonly withoutHoles?: boolean;
  /** Only pages from this one on; 0 if not given. */
  readonly firstPage?: number;
  /** So many pages from there on, at most; to the block's last one if not given. */
  readonly pageCount?: number;
}

/** Which part of a bitmap is wanted. */
export type BitmapOptions = Omit<RunOptions, 'clear'>;

/** Which pages are wanted, and in what pieces. */
export interface PagesOptions extends RunOptions {
  /** Bytes that are read at once, at most (1 MiB by default, or what the source prefers; at least one page). Three such pieces are held. */
  readonly chunkBytes?: number;
}

/**
 * Opens a snapshot: reads everything but bitmaps and pages. The snapshot uses the source until it is closed, and
 * closes it then; where opening fails, the source stays open.
 *
 * @throws MappedRamError the first problem of the file, unless `tolerant`; `read-failed`, `short-read`.
 * @throws TypeError, RangeError where the source or an option is not one, before anything is read.
 */
export async function openSnapshot(source: ByteSource, options: OpenOptions = {}): Promise<Snapshot> {
  checkOptions<OpenOptions>(options, {
    streamOffset: integerOption(),
    wordOrder: textOption(['le', 'be']),
    tolerant: booleanOption,
    classic: booleanOption,
    signal: signalOption,
  });
  const watched = guardSource(source, options.signal);
  const model = await walkWhole(watched, options);
  const [problem] = model.problems;
  if (problem !== undefined && options.tolerant !== true) throw problem.error;
  return new Snapshot(watched, model);
}

async function walkWhole(source: ByteSource, options: OpenOptions): Promise<StreamModel> {
  const model = await walkStream(source, options);
  if (options.classic !== true || model.ramLayout !== 'classic') return model;
  return (await walkClassicPages(source, options.streamOffset)) ?? model;
}

/**
 * Every member of the model, also where it is undefined. `Required<StreamModel>` leaves undefined out in a project without
 * `exactOptionalPropertyTypes`, which then fails if it checks its libraries.
 */
type WholeModel = { readonly [Name in keyof Required<StreamModel>]: StreamModel[Name] };

/** An open snapshot: what the stream holds, and access to bitmaps, pages and device state. */
export class Snapshot implements WholeModel {
  readonly streamOffset: number;
  readonly libvirt: LibvirtSaveHeader | undefined;
  readonly streamVersion: number | undefined;
  readonly configuration: Configuration | undefined;
  readonly sections: readonly Section[];
  readonly ramBlocks: readonly RamBlock[];
  readonly oversizedBlock: OversizedBlock | undefined;
  readonly ramLayout: 'mapped-ram' | 'classic' | undefined;
  readonly classic: ClassicPages | undefined;
  readonly endMarkerOffset: number | undefined;
  readonly vmdescription: VmdescriptionFrame | undefined;
  readonly endOffset: number;
  readonly problems: readonly Problem[];
  readonly wordOrder: WordOrder;
  readonly #source: ByteSource;

  /** Use {@link openSnapshot}. */
  constructor(source: ByteSource, model: StreamModel) {
    this.#source = source;
    this.streamOffset = model.streamOffset;
    this.libvirt = model.libvirt;
    this.streamVersion = model.streamVersion;
    this.configuration = model.configuration;
    this.sections = model.sections;
    this.ramBlocks = model.ramBlocks;
    this.oversizedBlock = model.oversizedBlock;
    this.ramLayout = model.ramLayout;
    this.classic = model.classic;
    this.endMarkerOffset = model.endMarkerOffset;
    this.vmdescription = model.vmdescription;
    this.endOffset = model.endOffset;
    this.problems = model.problems;
    this.wordOrder = model.wordOrder;
  }

  /**
   * A block's bitmap, as it is in the file, in pieces of up to 1 MiB (of 4 KiB pages: 32 GiB). Nothing for an
   * ignored block.
   *
   * @param options With `withoutHoles`, the bits of pages in holes are clear. Of some pages there are the words in which their bits are.
   * @throws TypeError, RangeError where an option is not one.
   * @throws MappedRamError `offset-outside-file`, `read-failed`.
   */
  async *readBitmap(
    block: RamBlock,
    options: BitmapOptions = {},
  ): AsyncGenerator<BitmapChunk, void, undefined> {
    const { clear: _, ...known } = RUN_OPTIONS;
    checkOptions<BitmapOptions>(options, known);
    const { withoutHoles = false, firstPage = 0, pageCount = block.pageCount } = options;
    const at = this.#locate(block);
    const endPage = Math.min(firstPage + pageCount, block.pageCount);
    for await (const chunk of readBitmapChunks(at, firstPage, endPage)) {
      if (withoutHoles && !chunk.isHole) clearPagesInHoles(at, chunk, this.wordOrder);
      yield chunk;
    }
  }

  /**
   * How many pages of a block are in the file; the others are zero. 0 for an ignored block.
   *
   * @throws MappedRamError `offset-outside-file`, `read-failed`.
   */
  async countSetPages(block: RamBlock): Promise<number> {
    let count = 0;
    for await (const { bytes, pageCount, isHole } of this.readBitmap(block)) {
      if (!isHole) count += countSet(bytes, pageCount, this.wordOrder);
    }
    return count;
  }

  /**
   * Whether some pages of a block may hold data: not where all of them lie in a hole, as far as the source knows.
   *
   * @throws MappedRamError `read-failed`.
   */
  mayHoldData({ pagesOffset, pageSize }: RamBlock, firstPage: number, pageCount: number): boolean {
    const source = this.#source;
    const from = pagesOffset + firstPage * pageSize;
    const to = from + pageCount * pageSize;
    if (source.dataExtents === undefined || to > source.sizeBytes) return true;
    for (const _ of source.dataExtents(from, to)) return true;
    return false;
  }

  /**
   * Guesses the byte order of a block's bitmap. It is a guess, and `wordOrder` stays what it was.
   *
   * @throws MappedRamError `offset-outside-file`, `read-failed`.
   */
  async guessWordOrder(block: RamBlock): Promise<WordOrderGuess> {
    const firstPage = Math.max(0, Math.floor((block.pageCount - GUESS_PAGES) / 64) * 64);
    const part = await readBitmapPart(this.#locate(block), firstPage, block.pageCount - firstPage);
    return guessWordOrder(part.bytes, part.pageCount);
  }

  /**
   * The runs of a block's pages whose bits are set (or clear), in batches; a batch is valid until the next step.
   * Nothing for an ignored block.
   *
   * @throws MappedRamError `offset-outside-file`, `read-failed`.
   * @throws TypeError, RangeError where an option is not one, at once.
   */
  runs(block: RamBlock, options: RunOptions = {}): AsyncGenerator<RunBatch, void, undefined> {
    checkOptions<RunOptions>(options, RUN_OPTIONS);
    return findRuns(this.#locate(block), this.#search(block, options));
  }

  /**
   * Fills `target` with a block's memory from a page on: whole pages, and zeros where the bit is clear.
   *
   * @throws TypeError where the target is no Uint8Array.
   * @throws RangeError where the target is not whole pages of the block, or the block is ignored.
   * @throws MappedRamError `bad-page-size`, `offset-outside-file`, `unexpected-end`, `read-failed`.
   */
  async readPages(block: RamBlock, firstPage: number, target: Uint8Array): Promise<void> {
    bytesOption(target, 'target');
    return readPages(this.#locate(block), this.wordOrder, firstPage, target);
  }

  /**
   * The pages of a block that are in the file, in ascending order and in batches of runs; a batch is valid until the
   * next step. The next ones are read meanwhile. With `clear`, what lies under clear bits, which is not memory.
   *
   * @throws MappedRamError `bad-page-size`, `offset-outside-file`, `unexpected-end`, `read-failed`.
   * @throws TypeError, RangeError where an option is not one, at once.
   */
  pages(block: RamBlock, options: PagesOptions = {}): AsyncGenerator<PageBatch, void, undefined> {
    checkOptions<PagesOptions>(options, { ...RUN_OPTIONS, chunkBytes: integerOption(1, MAX_CHUNK_BYTES) });
    const { preferredReadBytes = DEFAULT_CHUNK_BYTES } = this.#source;
    const { chunkBytes = Math.min(Math.max(1, preferredReadBytes), MAX_CHUNK_BYTES) } = options;
    return readPageBatches(this.#locate(block), { ...this.#search(block, options), chunkBytes });
  }

  /**
   * Decodes the state in a section by the vmdescription.
   *
   * @param json Another file's, for a file that has none: it fits where machine, devices and QEMU version are the same.
   * @returns undefined where the vmdescription does not describe the section.
   * @throws MappedRamError `device-state-mismatch`, `bad-vmdescription`, `limit-exceeded`, `read-failed`.
   */
  async decodeDeviceState(
    section: OpeningSection,
    json: Vmdescription | undefined = this.vmdescription?.json,
  ): Promise<StateNode | undefined> {
    const { idstr, instanceId, bodyOffset } = section;
    const device = json && findDevice(json, idstr, instanceId);
    if (device === undefined) return undefined;
    return decodeState(idstr, device, await this.readDeviceState(section), bodyOffset);
  }

  /**
   * The body of a device's section as it stands in the file.
   *
   * @throws MappedRamError `limit-exceeded`, `read-failed`, `short-read`.
   */
  async readDeviceState({ bodyOffset, bodyLengthBytes }: OpeningSection): Promise<Uint8Array> {
    if (bodyLengthBytes > MAX_STATE_BYTES) {
      throw new MappedRamError('limit-exceeded', {
        what: 'a device has too much state to be decoded',
        byteOffset: bodyOffset,
        expected: `at most ${MAX_STATE_BYTES} bytes`,
        actual: bodyLengthBytes,
      });
    }
    const body = new Uint8Array(bodyLengthBytes);
    await readFully(this.#source, body, bodyOffset);
    return body;
  }

  /** Closes the source. */
  close(): Promise<void> {
    return this.#source.close();
  }

  #search(block: RamBlock, options: RunOptions): RunSearch {
    const { clear = false, withoutHoles = false, firstPage = 0, pageCount = block.pageCount } = options;
    const endPage = Math.min(block.pageCount, firstPage + pageCount);
    return { order: this.wordOrder, clear, withoutHoles, firstPage, endPage };
  }

  #locate(block: RamBlock): BlockInFile {
    if (typeof block?.pageCount !== 'number') throw new TypeError('the block is none of ramBlocks');
    return { source: this.#source, block, path: `ram.blocks[${this.ramBlocks.indexOf(block)}]` };
  }
}
