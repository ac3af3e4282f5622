import { checkOptions, integerOption, MappedRamError, signalOption } from '@mapped-ram/format';
import { type ByteSource, guardSource, openSnapshot, type RamBlock } from '@mapped-ram/reader';
import { type LeadExtent, MAX_LEAD_BYTES } from './lead.js';

/** A reader asks for some more than an element has; this much behind it is held too. */
const READ_AHEAD_BYTES = 4096;

/** Where a file is read without being a snapshot: its beginning, which tells what it is. */
const HEAD_BYTES = 4096;

/** How the snapshot is to be found in the file. */
export interface LeadOptions {
  /** Offset of the stream, in bytes; by default the start, or where a libvirt header says. */
  readonly streamOffset?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * What of a file a reader needs first: of a mapped-ram snapshot, all but the pages; of anything else, its beginning.
 *
 * @throws MappedRamError `read-failed`, `short-read`.
 */
export async function gatherLead(file: ByteSource, options: LeadOptions = {}): Promise<LeadExtent[]> {
  checkOptions<LeadOptions>(options, { streamOffset: integerOption(), signal: signalOption });
  const source = guardSource(file, options.signal);
  const spans = await spansWithoutPages(source, options);
  const extents: LeadExtent[] = [];
  let heldBytes = 0;
  for (const { from, to } of spans) {
    const lengthBytes = to - from;
    if (heldBytes + lengthBytes > MAX_LEAD_BYTES) continue;
    const bytes = new Uint8Array(lengthBytes);
    const filled = await source.read(bytes, from);
    if (filled < lengthBytes) {
      throw new MappedRamError('short-read', {
        byteOffset: from + filled,
        expected: lengthBytes,
        actual: filled,
      });
    }
    extents.push({ byteOffset: from, bytes });
    heldBytes += lengthBytes;
  }
  return extents;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** The stretches of a file between its regions of pages, in ascending order and joined where they meet. */
async function spansWithoutPages(source: ByteSource, options: LeadOptions): Promise<Span[]> {
  const { sizeBytes } = source;
  const blocks = await placedBlocks(source, options);
  if (blocks.length === 0) return joined([{ from: 0, to: Math.min(HEAD_BYTES, sizeBytes) }]);
  const spans: Span[] = [];
  let from = 0;
  for (const block of blocks) {
    const { pagesOffset, usedLength, bitmapOffset, bitmapLengthBytes } = block;
    // What lies between a bitmap and its pages is empty.
    const bitmapEnd = bitmapOffset + bitmapLengthBytes;
    const isBefore = bitmapOffset >= from && bitmapEnd <= pagesOffset;
    spans.push({ from, to: Math.min((isBefore ? bitmapEnd : pagesOffset) + READ_AHEAD_BYTES, sizeBytes) });
    from = Math.max(from, Math.min(pagesOffset + usedLength, sizeBytes));
  }
  return joined([...spans, { from, to: sizeBytes }]);
}

async function placedBlocks(source: ByteSource, { streamOffset, signal }: LeadOptions): Promise<RamBlock[]> {
  // Closing belongs to the caller.
  const snapshot = await openSnapshot(source, {
    tolerant: true,
    ...(streamOffset !== undefined && { streamOffset }),
    ...(signal !== undefined && { signal }),
  });
  if (snapshot.ramLayout !== 'mapped-ram') return [];
  const blocks = snapshot.ramBlocks.filter(({ ignored }) => !ignored);
  return blocks.sort((a, b) => a.pagesOffset - b.pagesOffset);
}

function joined(spans: readonly Span[]): Span[] {
  const result: Span[] = [];
  for (const span of spans) {
    if (span.to <= span.from) continue;
    const last = result.at(-1);
    if (last !== undefined && span.from <= last.to)
      result[result.length - 1] = { ...last, to: Math.max(last.to, span.to) };
    else result.push(span);
  }
  return result;
}
