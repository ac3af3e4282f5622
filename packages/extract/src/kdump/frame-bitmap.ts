import type { PhysicalRange } from '@mapped-ram/facts';
import { MappedRamError } from '@mapped-ram/format';
import type { PageSet } from '@mapped-ram/guest';
import type { FileTarget } from '@mapped-ram/writer/file';

/** Bytes of a bitmap that are made at once. */
const CHUNK_BYTES = 1024 * 1024;

/** Page frames of guest-physical memory, by the guest's own size of a page. */
export interface FrameRange extends Pick<PhysicalRange, 'block' | 'blockOffset'> {
  readonly first: number;
  readonly count: number;
}

/** The whole pages of ranges. Ascending, if these are. @throws MappedRamError `unsupported` where they are not those of the blocks */
export function frameRanges(ranges: readonly PhysicalRange[], pageSize: number): FrameRange[] {
  return ranges.flatMap(({ address, lengthBytes, block, blockOffset }) => {
    const size = BigInt(pageSize);
    const first = Number((address + size - 1n) / size);
    const count = Number((address + BigInt(lengthBytes)) / size) - first;
    const skippedBytes = Number(BigInt(first) * size - address);
    if (pageSize % block.pageSize !== 0 || (blockOffset + skippedBytes) % block.pageSize !== 0) {
      throw new MappedRamError('unsupported', {
        what: `the guest’s pages do not begin where those of ${block.idstr} do`,
      });
    }
    return count > 0 ? [{ first, count, block, blockOffset: blockOffset + skippedBytes }] : [];
  });
}

/** Tells which frames of a range are left out. */
export class LeftOut {
  readonly #pages: PageSet | undefined;
  readonly #pageSize: number;

  /** @param pages What is left out; nothing if not given. */
  constructor(pages: PageSet | undefined, pageSize: number) {
    this.#pages = pages;
    this.#pageSize = pageSize;
  }

  /** Whether a frame of a range, counted from its first one, is left out: all of its pages are. */
  has({ block, blockOffset }: FrameRange, index: number): boolean {
    const bits = this.#pages?.bits(block);
    if (bits === undefined) return false;
    const from = Math.floor((blockOffset + index * this.#pageSize) / block.pageSize);
    for (let page = from; page < from + this.#pageSize / block.pageSize; page++) {
      if (((bits[page >>> 3] as number) & (1 << (page & 7))) === 0) return false;
    }
    return true;
  }

  /** How many frames of a range are left out. */
  count(range: FrameRange): number {
    if (this.#pages?.bits(range.block) === undefined) return 0;
    let count = 0;
    for (let index = 0; index < range.count; index++) if (this.has(range, index)) count++;
    return count;
  }
}

/**
 * Writes a bitmap with a bit for each frame that is in a range and not left out. Where none is, a hole stays.
 *
 * @throws MappedRamError as the target does.
 */
export async function writeFrameBitmap(
  target: FileTarget,
  byteOffset: number,
  ranges: readonly FrameRange[],
  leftOut: LeftOut,
): Promise<void> {
  const bits = new Uint8Array(CHUNK_BYTES);
  const perChunk = 8 * CHUNK_BYTES;
  let chunk = -1;
  const flush = async () => {
    if (chunk === -1) return;
    const end = bits.findLastIndex((byte) => byte !== 0) + 1;
    await target.write([{ byteOffset: byteOffset + chunk * CHUNK_BYTES, bytes: bits.slice(0, end) }]);
    bits.fill(0);
  };
  for (const range of ranges) {
    for (let index = 0; index < range.count; ) {
      const frame = range.first + index;
      const needed = Math.floor(frame / perChunk);
      if (needed !== chunk) {
        await flush();
        chunk = needed;
      }
      const end = Math.min(range.count, index + perChunk - (frame % perChunk));
      for (; index < end; index++) {
        if (leftOut.has(range, index)) continue;
        const bit = (range.first + index) % perChunk;
        bits[bit >>> 3] = (bits[bit >>> 3] as number) | (1 << (bit & 7));
      }
    }
  }
  await flush();
}
