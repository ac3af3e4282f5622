import type { RamBlock, Snapshot } from '@mapped-ram/reader';

/** What QEMU reads of a stream at once (IO_BUF_SIZE of QEMU 11.1, migration/qemu-file.c): what it cannot read of that, it misses as a whole. */
const BUFFER_BYTES = 32 * 1024;

/** A stretch of a VM state, in bytes. */
export interface StatePart {
  readonly byteOffset: number;
  readonly lengthBytes: number;
}

/**
 * Knows what QEMU needs of a VM state when it loads it: everything up to the end marker but clear pages, and what lies between a bitmap and its
 * pages. Mirrors `parse_ramblock_mapped_ram` (QEMU 9.0 to 11.1, migration/ram.c).
 */
export class LoadedParts {
  readonly #open: () => Promise<Snapshot>;
  #snapshot: Promise<Snapshot> | undefined;

  /** @param open Opens the whole VM state; called when it is first needed, which it is of damaged images alone. */
  constructor(open: () => Promise<Snapshot>) {
    this.#open = open;
  }

  /** Whether what QEMU loads changes where other bytes are in a part. */
  needs(part: StatePart): Promise<boolean> {
    return this.#isWithin(part, 0);
  }

  /** Whether QEMU reads anything of a part, needed or not. */
  reads(part: StatePart): Promise<boolean> {
    return this.#isWithin(part, BUFFER_BYTES);
  }

  async #isWithin({ byteOffset, lengthBytes }: StatePart, aheadBytes: number): Promise<boolean> {
    this.#snapshot ??= this.#open();
    const snapshot = await this.#snapshot;
    const { endMarkerOffset, ramBlocks } = snapshot;
    if (endMarkerOffset !== undefined && byteOffset > endMarkerOffset + aheadBytes) return false;
    const end = byteOffset + lengthBytes;
    let isBehindBitmap = false;
    for (const block of ramBlocks) {
      const gapOffset = block.bitmapOffset + block.bitmapLengthBytes + aheadBytes;
      if (byteOffset >= gapOffset && end <= block.pagesOffset + block.usedLength) isBehindBitmap = true;
      if (await hasSetPage(snapshot, block, byteOffset, end)) return true;
    }
    return !isBehindBitmap;
  }
}

async function hasSetPage(snapshot: Snapshot, block: RamBlock, from: number, to: number): Promise<boolean> {
  const { ignored, pagesOffset, pageSize, usedLength } = block;
  const firstPage = Math.max(0, Math.floor((from - pagesOffset) / pageSize));
  const endPage = Math.ceil((Math.min(to, pagesOffset + usedLength) - pagesOffset) / pageSize);
  if (ignored || endPage <= firstPage) return false;
  for await (const batch of snapshot.runs(block, { firstPage, pageCount: endPage - firstPage })) {
    if (batch.length > 0) return true;
  }
  return false;
}
