import { anySet, bitmapLengthBytes } from '@mapped-ram/format';
import type { ByteSource, RamBlock, Snapshot } from '@mapped-ram/reader';
import type { BlockFacts, LintContext } from './context.js';
import { neededBytes } from './facts/allocation.js';
import { gatherBitmapFacts } from './facts/bitmap-facts.js';
import { findData } from './facts/find-data.js';
import { comparePages, isScannable } from './facts/page-facts.js';
import { SourceScanner } from './facts/source-scanner.js';
import { findStream } from './facts/stream-elsewhere.js';
import type { LintOptions } from './options.js';
import type { RestoreTarget } from './target.js';

/**
 * A file of nonsense can name many bitmaps that lie over each other; no real one has more than this, which stands for
 * 256 TiB of memory in 4 KiB pages.
 */
const MAX_BITMAP_BYTES = 8 * 2 ** 30;

/** Blocks of 4 GiB, with pages of 4 KiB. */
const MAX_OVERSIZED_PAGES = 2n ** 20n;

/** How much of the pages a quick run reads to confirm that a zero bitmap hides data. */
const MAX_PROBE_BYTES = 2 ** 30;

/** Memory that is looked through in no time. */
const SMALL_RAM_BYTES = 64 * 2 ** 20;

/** Milliseconds between two reports of progress. */
const PROGRESS_INTERVAL_MS = 100;

/** A block's facts while they are gathered. */
type FactsInProgress = { -readonly [key in keyof BlockFacts]: BlockFacts[key] };

type GatherOptions = Pick<LintOptions, 'deep' | 'scanner' | 'signal' | 'onProgress'>;

/** Looks at the file once for all rules: at bitmaps always, at pages in a deep run. */
export async function gatherContext(
  snapshot: Snapshot,
  source: ByteSource,
  target: RestoreTarget,
  options: GatherOptions,
): Promise<LintContext> {
  const { sizeBytes, allocatedBytes } = source;
  const blocks = await gatherBlocks(snapshot, sizeBytes);
  const needed = neededBytes(sizeBytes, blocks);
  if (options.deep === true) await addPageFacts(snapshot, source, blocks, options);
  else if (mayHideData(blocks, needed, allocatedBytes)) {
    await addDataUnderZeroBitmap(source, blocks, options.signal);
  }
  const isEmpty = await hasEmptyOversizedBlock(snapshot, source);
  const hasStream = snapshot.streamVersion !== undefined;
  const streamElsewhere = hasStream ? undefined : await findStream(source);
  return {
    snapshot,
    file: {
      name: source.name,
      sizeBytes,
      ...(allocatedBytes !== undefined && { allocatedBytes }),
      ...(needed !== undefined && { neededBytes: needed }),
      ...(streamElsewhere !== undefined && { streamElsewhere }),
    },
    target,
    deep: options.deep ?? false,
    blocks,
    ...(isEmpty !== undefined && { oversizedBlockIsEmpty: isEmpty }),
  };
}

/**
 * Whether no page of a block with a number beyond reason is set.
 *
 * @returns undefined where its bitmap is not in the file, or a large one: then some page may be.
 */
async function hasEmptyOversizedBlock(
  { oversizedBlock, wordOrder }: Snapshot,
  source: ByteSource,
): Promise<boolean | undefined> {
  if (oversizedBlock === undefined) return undefined;
  const { usedLength, pageSize, bitmapOffset } = oversizedBlock;
  const pages = pageSize === 0n ? 0n : usedLength / pageSize;
  if (pages === 0n || pages > MAX_OVERSIZED_PAGES) return undefined;
  const byteOffset = Number(bitmapOffset);
  const bytes = new Uint8Array(bitmapLengthBytes(Number(pages)));
  if (byteOffset + bytes.length > source.sizeBytes) return undefined;
  await source.read(bytes, byteOffset);
  return !anySet(bytes, Number(pages), wordOrder);
}

async function gatherBlocks(snapshot: Snapshot, fileSizeBytes: number): Promise<FactsInProgress[]> {
  const all: FactsInProgress[] = [];
  let bitmapBytes = 0;
  for (const [index, block] of snapshot.ramBlocks.entries()) {
    const facts: FactsInProgress = { block, where: `ram.blocks[${index}]` };
    all.push(facts);
    const isInside = block.bitmapOffset + block.bitmapLengthBytes <= fileSizeBytes;
    if (!isInside || bitmapBytes + block.bitmapLengthBytes > MAX_BITMAP_BYTES) continue;
    bitmapBytes += block.bitmapLengthBytes;
    facts.bitmap = await gatherBitmapFacts(snapshot, block);
  }
  return all;
}

async function addPageFacts(
  snapshot: Snapshot,
  source: ByteSource,
  blocks: readonly FactsInProgress[],
  { scanner, signal, onProgress }: GatherOptions,
): Promise<void> {
  const scanned = withoutOverlaps(blocks, source.sizeBytes);
  const totalBytes = scanned.reduce((sum, { block }) => sum + block.usedLength, 0);
  let doneBytes = 0;
  let reportedAt = Date.now();
  const report = (lengthBytes: number): void => {
    doneBytes += lengthBytes;
    if (onProgress === undefined || Date.now() - reportedAt < PROGRESS_INTERVAL_MS) return;
    reportedAt = Date.now();
    onProgress({ doneBytes, totalBytes });
  };
  const pagesScanner = scanner ?? new SourceScanner(source, signal);
  for (const facts of scanned) {
    const { block, bitmap } = facts;
    facts.pages = await comparePages(snapshot, block, pagesScanner, (pages) =>
      report(pages * block.pageSize),
    );
    const { firstStalePage } = facts.pages;
    if (bitmap?.setPages === 0 && firstStalePage !== undefined) {
      facts.dataUnderZeroBitmap = block.pagesOffset + firstStalePage * block.pageSize;
    }
  }
  await addDataUnderZeroBitmap(
    source,
    blocks.filter(({ pages }) => pages === undefined),
    signal,
  );
}

/** Blocks whose pages can be scanned, so that no byte of the file is read for two of them: that could go on for ever. */
function withoutOverlaps(blocks: readonly FactsInProgress[], fileSizeBytes: number): FactsInProgress[] {
  const chosen: FactsInProgress[] = [];
  const endOf = ({ pagesOffset, usedLength }: RamBlock) => pagesOffset + usedLength;
  for (const facts of blocks) {
    const { block, bitmap } = facts;
    if (bitmap === undefined || !isScannable(block) || endOf(block) > fileSizeBytes) continue;
    const isFree = chosen.every(
      ({ block: other }) => endOf(other) <= block.pagesOffset || endOf(block) <= other.pagesOffset,
    );
    if (isFree) chosen.push(facts);
  }
  return chosen;
}

/**
 * Whether a quick run has reason to look for data under bitmaps without a set bit: the file takes more space than it
 * should, or it is so small that lost pages would not show in that, and has not one page set.
 */
function mayHideData(
  blocks: readonly FactsInProgress[],
  needed: number | undefined,
  allocatedBytes: number | undefined,
): boolean {
  if (needed === undefined || allocatedBytes === undefined || allocatedBytes > needed) return true;
  const ramBytes = blocks.reduce((sum, { block }) => sum + block.usedLength, 0);
  return ramBytes <= SMALL_RAM_BYTES && blocks.every(({ bitmap }) => bitmap?.setPages === 0);
}

/** Looks for data under bitmaps without a set bit; the largest blocks are looked at first. */
async function addDataUnderZeroBitmap(
  source: ByteSource,
  blocks: readonly FactsInProgress[],
  signal?: AbortSignal,
): Promise<void> {
  const empty = blocks.filter(({ block, bitmap }) => bitmap?.setPages === 0 && !block.ignored);
  let leftBytes = MAX_PROBE_BYTES;
  for (const facts of empty.sort((a, b) => b.block.usedLength - a.block.usedLength)) {
    const found = await findData(source, facts.block, leftBytes, signal);
    if (found !== undefined) facts.dataUnderZeroBitmap = found;
    leftBytes -= Math.min(leftBytes, facts.block.usedLength);
  }
}
