import { bitmapLengthBytes, countSet } from '@mapped-ram/format';
import type { ByteSource } from '../byte-source.js';
import type { ClassicBlock, ClassicPages, StreamModel } from '../model.js';
import { walkClassicStream } from './read-classic-stream.js';
import type { ClassicMemory, ClassicRun, ClassicVisitor } from './visitor.js';

/** Two bits are kept for each: 64 MiB. Memory that no page of comes for is never touched. */
const MAX_COUNTED_PAGES = 2 ** 28;

/**
 * Walks a classic stream to its end and counts its pages.
 *
 * @returns What is in it; undefined where the walk did not come to its memory: it may be something else then. With a block
 * table that cannot be read it has no blocks.
 * @throws MappedRamError `read-failed`, `short-read`.
 */
export async function walkClassicPages(
  source: ByteSource,
  streamOffset: number | undefined,
): Promise<StreamModel | undefined> {
  const counter = new PageCounter();
  const model = await walkClassicStream(source, counter, streamOffset);
  const classic = counter.result ?? withoutTable(model);
  return classic === undefined ? undefined : { ...model, classic };
}

/** What is known of the memory where the walk ended in its block table. */
function withoutTable({ problems, configuration }: StreamModel): ClassicPages | undefined {
  const stop = problems.find(({ stopped }) => stopped)?.error;
  // Without a configuration nothing says that it is a classic stream.
  if (stop?.byteOffset === undefined || !TABLE_FAULTS.has(stop.code) || configuration === undefined)
    return undefined;
  const pageSize = 2 ** (configuration.targetPageBits ?? USUAL_PAGE_BITS);
  return { pageSize, byteOffset: stop.byteOffset, isCounted: false, xbzrleRecords: 0, blocks: [] };
}

/** A mapped-ram table is `unsupported`, and has faults of its own. */
const TABLE_FAULTS: ReadonlySet<string> = new Set(['bad-block-table', 'value-too-large']);
const USUAL_PAGE_BITS = 12;

/** The pages of a block that came, a bit each, and of those the ones that are stored. */
interface SeenPages {
  readonly block: ClassicBlock;
  readonly came: Uint8Array;
  readonly stored: Uint8Array;
}

class PageCounter implements ClassicVisitor {
  #memory: ClassicMemory | undefined;
  #seen: SeenPages[] = [];
  #xbzrleRecords = 0;

  async begin(memory: ClassicMemory): Promise<void> {
    this.#memory = memory;
    const pages = memory.blocks.reduce((sum, { pageCount }) => sum + pageCount, 0);
    if (pages > MAX_COUNTED_PAGES) return;
    this.#seen = memory.blocks.map((block) => ({
      block,
      came: new Uint8Array(bitmapLengthBytes(block.pageCount)),
      stored: new Uint8Array(bitmapLengthBytes(block.pageCount)),
    }));
  }

  async pages(runs: readonly ClassicRun[]): Promise<void> {
    for (const { blockIndex, firstPage, pageCount, bytes } of runs) {
      const seen = this.#seen[blockIndex];
      if (seen === undefined) return;
      for (let page = firstPage; page < firstPage + pageCount; page++) {
        const index = page >> 3;
        const bit = 1 << (page & 7);
        seen.came[index] = (seen.came[index] as number) | bit;
        if (bytes === undefined) seen.stored[index] = (seen.stored[index] as number) & ~bit;
        else seen.stored[index] = (seen.stored[index] as number) | bit;
      }
    }
  }

  unreadPage(blockIndex: number, page: number): void {
    this.#xbzrleRecords++;
    const seen = this.#seen[blockIndex];
    if (seen !== undefined) seen.came[page >> 3] = (seen.came[page >> 3] as number) | (1 << (page & 7));
  }

  /** Undefined where no block table came. */
  get result(): ClassicPages | undefined {
    if (this.#memory === undefined) return undefined;
    const { pageSize, bodyOffset, blocks } = this.#memory;
    const isCounted = this.#seen.length === blocks.length;
    return {
      pageSize,
      byteOffset: bodyOffset,
      isCounted,
      xbzrleRecords: this.#xbzrleRecords,
      blocks: blocks.map((block, index) => ({ ...block, ...countsOf(block, this.#seen[index]) })),
    };
  }
}

function countsOf({ pageCount }: ClassicBlock, seen: SeenPages | undefined) {
  if (seen === undefined) return { storedPages: 0, zeroPages: 0, missingPages: 0 };
  const came = countSet(seen.came, pageCount, 'le');
  const storedPages = countSet(seen.stored, pageCount, 'le');
  return { storedPages, zeroPages: came - storedPages, missingPages: pageCount - came };
}
