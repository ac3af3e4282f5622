import {
  comparePages,
  destinationPageSize,
  findData,
  meaningOfUnmarked,
  type SaveManner,
  SourcePageFinder,
  separateBlocks,
} from '@mapped-ram/facts';
import type { ByteSource, Snapshot } from '@mapped-ram/reader';
import type { BlockFacts, UnmarkedData } from './context.js';
import { overlaps, pagesRegion, streamRegions } from './facts/layout-regions.js';
import type { LintOptions } from './options.js';
import { blocksThatMatter, DEFAULT_PROBE_BYTES, probeBlocks } from './probe-blocks.js';

/** How much of the pages a quick run reads to find data under clear bits, where it sees the holes. */
const MAX_PROBE_BYTES = 2 ** 30;

/** Memory that is looked through in no time. */
const SMALL_RAM_BYTES = 64 * 2 ** 20;

/** Milliseconds between two reports of progress. */
const PROGRESS_INTERVAL_MS = 100;

/** A block's facts while they are gathered. */
export type FactsInProgress = { -readonly [key in keyof BlockFacts]: BlockFacts[key] };

export type GatherOptions = Pick<
  LintOptions,
  'deep' | 'mappedRam' | 'probeBytes' | 'scanner' | 'seal' | 'signal' | 'onProgress' | 'onScanned'
>;

/** Looks at the pages: at all of them in a deep run, in a quick one where it costs little and may show a loss. */
export class PagesGatherer {
  readonly #snapshot: Snapshot;
  readonly #source: ByteSource;
  readonly #blocks: readonly FactsInProgress[];
  readonly #manner: SaveManner;
  readonly #options: GatherOptions;

  constructor(
    snapshot: Snapshot,
    source: ByteSource,
    blocks: readonly FactsInProgress[],
    manner: SaveManner,
    options: GatherOptions,
  ) {
    this.#snapshot = snapshot;
    this.#source = source;
    this.#blocks = blocks;
    this.#manner = manner;
    this.#options = options;
  }

  /** Adds what the pages of all blocks hold. @throws MappedRamError `read-failed`, `short-read` */
  async lookDeep(): Promise<void> {
    const {
      signal,
      onProgress,
      onScanned,
      scanner = new SourcePageFinder(this.#source, signal),
    } = this.#options;
    const scanned = this.#separateBlocks();
    const totalBytes = scanned.reduce((sum, { block }) => sum + block.usedLength, 0);
    let doneBytes = 0;
    let reportedAt = Date.now();
    const report = (lengthBytes: number): void => {
      doneBytes += lengthBytes;
      if (onProgress === undefined || Date.now() - reportedAt < PROGRESS_INTERVAL_MS) return;
      reportedAt = Date.now();
      onProgress({ doneBytes, totalBytes });
    };
    for (const facts of scanned) {
      const onPages = (pages: number) => report(pages * facts.block.pageSize);
      facts.pages = await comparePages(this.#snapshot, facts.block, scanner, { onPages });
      this.#addUnmarked(facts, facts.pages.firstUnmarkedPage, facts.pages.unmarkedPages);
    }
    onScanned?.();
    await this.#probeClearBlocks(this.#blocks.filter(({ pages }) => pages === undefined));
  }

  /**
   * Looks at blocks without a set bit, and under the clear bits of all blocks where that is little: where the memory is small, or
   * the file takes more room than it should, and not much more. Where the source does not know its holes, all that would be
   * reading pages: samples are taken of what decides.
   *
   * @param neededBytes What the file should take on disk at most; undefined where a bitmap cannot be read.
   * @throws MappedRamError `read-failed`, `short-read`
   */
  async lookQuickly(neededBytes: number | undefined): Promise<void> {
    const { dataExtents, allocatedBytes } = this.#source;
    const { probeBytes, signal } = this.#options;
    if (dataExtents === undefined) {
      const blocks = blocksThatMatter(this.#blocks);
      await probeBlocks(this.#source, blocks, probeBytes ?? DEFAULT_PROBE_BYTES, signal, (facts, found) => {
        facts.unmarked = this.#unmarkedOf(facts, found);
      });
      return;
    }
    if (probeBytes === 0) return;
    const knowsExcess = neededBytes !== undefined && allocatedBytes !== undefined;
    const hasExcess = !knowsExcess || allocatedBytes > neededBytes;
    await this.#probeClearBlocks(this.#blocks);
    const partly = this.#separateBlocks().filter(
      ({ block, bitmap }) => bitmap?.setPages !== 0 && bitmap?.setPages !== block.pageCount,
    );
    const bytesOf = (count: (facts: BlockFacts) => number) =>
      partly.reduce((sum, facts) => sum + count(facts) * facts.block.pageSize, 0);
    const setBytes = bytesOf(({ bitmap }) => bitmap?.setPages ?? 0);
    const isSmall = bytesOf(({ block }) => block.pageCount) - setBytes <= SMALL_RAM_BYTES;
    const mayShow = knowsExcess && hasExcess && allocatedBytes - setBytes <= MAX_PROBE_BYTES;
    if (isSmall || mayShow) await this.#lookUnderClearBits(partly);
  }

  async #lookUnderClearBits(blocks: readonly FactsInProgress[]): Promise<void> {
    const scanner = new SourcePageFinder(this.#source, this.#options.signal);
    for (const facts of blocks) {
      const found = await comparePages(this.#snapshot, facts.block, scanner, { selection: 'unmarked' });
      this.#addUnmarked(facts, found.firstUnmarkedPage, found.unmarkedPages);
    }
  }

  /** Looks for data in blocks without a set bit, whatever their page size; the largest are looked at first. */
  async #probeClearBlocks(blocks: readonly FactsInProgress[]): Promise<void> {
    const { signal, probeBytes, deep } = this.#options;
    const budget = { leftBytes: deep === true ? MAX_PROBE_BYTES : (probeBytes ?? MAX_PROBE_BYTES) };
    const clear = blocks.filter(({ block, bitmap }) => bitmap?.setPages === 0 && !block.ignored);
    for (const facts of clear.sort((a, b) => b.block.usedLength - a.block.usedLength)) {
      const { pagesOffset, usedLength } = facts.block;
      const found = await findData(this.#source, pagesOffset, pagesOffset + usedLength, { budget, signal });
      if (found !== undefined) facts.unmarked = this.#unmarkedOf(facts, found);
    }
  }

  #addUnmarked(facts: FactsInProgress, firstPage: number | undefined, pageCount: number): void {
    const { block, bitmap } = facts;
    if (firstPage === undefined) return;
    // A bit of another page size stands for other bytes.
    const isMeant = block.pageSize === destinationPageSize(this.#snapshot) || bitmap?.setPages === 0;
    if (!isMeant || this.#liesOverStream(facts)) return;
    facts.unmarked = this.#unmarkedOf(facts, block.pagesOffset + firstPage * block.pageSize, pageCount);
  }

  #unmarkedOf(facts: FactsInProgress, byteOffset: number, pageCount?: number): UnmarkedData {
    const setPages = new Map(this.#blocks.map(({ block, bitmap }) => [block, bitmap?.setPages]));
    return {
      byteOffset,
      ...(pageCount !== undefined && { pageCount }),
      isAllClear: facts.bitmap?.setPages === 0,
      meaning: meaningOfUnmarked(facts.block, {
        ramBlocks: this.#snapshot.ramBlocks,
        setPagesOf: (block) => setPages.get(block),
        guest: this.#manner.guest,
        isVmState: this.#source.isVmState,
      }),
    };
  }

  /** Pages that lie over the stream are no pages: see `pages-overlap`. */
  #liesOverStream(facts: BlockFacts): boolean {
    const regions = streamRegions({ snapshot: this.#snapshot, blocks: this.#blocks });
    return regions.some((region) => overlaps(region, pagesRegion(facts)));
  }

  #separateBlocks(): FactsInProgress[] {
    const readable = this.#blocks.filter(({ bitmap }) => bitmap !== undefined);
    const chosen = new Set(
      separateBlocks(
        readable.map(({ block }) => block),
        this.#source.sizeBytes,
      ),
    );
    return readable.filter(({ block }) => chosen.has(block));
  }
}
