import { bitmapLengthBytes, forEachRun, hasErrorCode, setRange } from '@mapped-ram/format';
import type { PatternLiteral } from '@mapped-ram/guest';
import { findLiteralPages, type MovedPages, openChannels } from '@mapped-ram/multifd';
import type { RamBlock, Snapshot } from '@mapped-ram/reader';
import type { PartFound, PartMatch, SearchPart } from './search-job.js';

/** Parts that are looked through before the first are searched; each time twice as many, up to a GiB. */
const MAX_STEP_PARTS = 16;

/** Pages with the literal that lie closer together are searched at once: a search costs more than so many bytes. */
const MAX_GAP_BYTES = 256 * 1024;

/** How to search where a literal is. */
export interface LiteralSearch {
  readonly path: string;
  readonly channels: number | undefined;
  readonly literal: PatternLiteral;
  /** Of each part, so many matches are wanted at most. */
  readonly limit: number;
  /** Searches some pages in this thread. */
  searchHere(part: SearchPart): Promise<PartFound>;
  readonly signal: AbortSignal;
}

/**
 * Has channels look for what every match has, and searches around it.
 *
 * @returns What is found, in the order of the parts.
 * @throws What `searchHere` throws; the signal's reason.
 */
export async function* searchByLiteral(
  snapshot: Snapshot,
  parts: Iterable<SearchPart>,
  search: LiteralSearch,
): AsyncGenerator<PartFound, void, undefined> {
  const { path, channels, signal } = search;
  const { bytes, anchor } = search.literal;
  const open = await openChannels({ channels, source: { path }, literal: { bytes, anchor }, signal });
  try {
    for (const step of stepsOf(parts)) {
      const searched = step.map((part) => new SearchedPart(snapshot, part, search.literal));
      try {
        for (const one of searched)
          await findLiteralPages(open, snapshot, one.block, one.lookedAt, (pages) => one.note(pages));
        await open.sync();
      } catch (error) {
        signal.throwIfAborted();
        if (!hasErrorCode(error, 'read-failed', 'short-read', 'unexpected-end')) throw error;
        // What is wrong is met where it can be told.
        for (const part of step) yield await search.searchHere(part);
        throw error;
      }
      for (const one of searched) yield await one.search(search.searchHere, search.limit);
    }
  } finally {
    await open.close();
  }
}

/** Few at first: what is everywhere is found in these. */
function* stepsOf(parts: Iterable<SearchPart>): Generator<SearchPart[]> {
  let most = 1;
  let step: SearchPart[] = [];
  for (const part of parts) {
    step.push(part);
    if (step.length < most) continue;
    yield step;
    step = [];
    most = Math.min(2 * most, MAX_STEP_PARTS);
  }
  if (step.length > 0) yield step;
}

/** A part, and in which of its pages a match may begin. */
class SearchedPart {
  readonly block: RamBlock;
  /** A match may begin in the part, and have the literal behind it. */
  readonly lookedAt: { readonly firstPage: number; readonly pageCount: number };
  readonly #part: SearchPart;
  /** Pages that a match may begin before the literal does. */
  readonly #pagesBefore: number;
  /** A bit for each page of the part. */
  readonly #mayBegin: Uint8Array;
  #searchedBytes = 0;

  constructor(snapshot: Snapshot, part: SearchPart, { maxBytesBefore }: PatternLiteral) {
    const { blockIndex, firstPage, pageCount } = part;
    this.#part = part;
    this.block = snapshot.ramBlocks[blockIndex] as RamBlock;
    this.#pagesBefore = Math.ceil(maxBytesBefore / this.block.pageSize);
    this.#mayBegin = new Uint8Array(bitmapLengthBytes(pageCount));
    const end = Math.min(firstPage + pageCount + this.#pagesBefore, this.block.pageCount);
    this.lookedAt = { firstPage, pageCount: end - firstPage };
  }

  /** Takes the pages in which the literal begins. */
  note({ firstPage, pageCount, wantedPages, bits }: MovedPages): void {
    this.#searchedBytes += wantedPages * this.block.pageSize;
    const before = firstPage - this.#part.firstPage;
    forEachRun(bits, 'le', 0, pageCount, (first, count) => {
      const from = Math.max(0, before + first - this.#pagesBefore);
      setRange(this.#mayBegin, from, Math.min(this.#part.pageCount, before + first + count));
    });
  }

  /** Searches where a match may begin. @param limit Of matches */
  async search(searchHere: LiteralSearch['searchHere'], limit: number): Promise<PartFound> {
    const { blockIndex, firstPage } = this.#part;
    const matches: PartMatch[] = [];
    for (const { first, end } of this.#regions()) {
      const found = await searchHere({ blockIndex, firstPage: firstPage + first, pageCount: end - first });
      for (const match of found.matches) matches.push(match);
      if (matches.length >= limit) break;
    }
    return { blockIndex, matches, searchedBytes: this.#searchedBytes };
  }

  #regions(): { readonly first: number; end: number }[] {
    const maxGap = MAX_GAP_BYTES / this.block.pageSize;
    const regions: { readonly first: number; end: number }[] = [];
    forEachRun(this.#mayBegin, 'le', 0, this.#part.pageCount, (first, count) => {
      const last = regions.at(-1);
      if (last !== undefined && first - last.end <= maxGap) last.end = first + count;
      else regions.push({ first, end: first + count });
    });
    return regions;
  }
}
