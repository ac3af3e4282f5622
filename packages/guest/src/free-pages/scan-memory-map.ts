import { MappedRamError } from '@mapped-ram/format';
import type { VirtualMemory } from '../memory/virtual-memory.js';
import { FreeHeads, MAX_FRAMES } from './free-heads.js';
import type { LinkReader } from './link-reader.js';
import type { PageLayout } from './page-layout.js';
import type { SectionMap } from './section-map.js';

/** Page structures that are read at once: those of 128 MiB. */
const CHUNK_FRAMES = 32 * 1024;

/** Where not all of these are mapped, as many at once: memory is plugged in by 2 MiB. */
const SUBSECTION_FRAMES = 512;

/** `_mapcount` of a page that is not mapped and of no type. */
const NOT_MAPPED = -1;

/** What a guest's memory map says of its pages. */
export interface MemoryMapScan {
  readonly heads: FreeHeads;
  /** Pages that say that they are the first one of a free run, which cannot be so. */
  readonly badHeads: readonly number[];
  /** Runs of pages that a balloon or virtio-mem holds: first page and count in turn. */
  readonly offline: readonly number[];
}

/**
 * Looks at every page structure of a guest: which runs are free, and which pages are given to the host.
 *
 * A free run counts only where its first page has the order of one, stands at a multiple of its length, within a section, and where no page
 * in it is in use.
 *
 * @param orders A run's order is below.
 * @param onFrames Told how many page structures were looked at.
 * @throws MappedRamError `limit-exceeded` where the guest has more memory or more free runs than is bearable; as reading pages does.
 */
export async function scanMemoryMap(
  memory: VirtualMemory,
  { sections, framesPerSection }: SectionMap,
  layout: PageLayout,
  links: LinkReader,
  orders: number,
  onFrames: (frames: number) => void = () => {},
): Promise<MemoryMapScan> {
  const scan = new Scan(layout, links, orders);
  for (const { firstFrame, pagesAddress } of sections) {
    if (firstFrame + framesPerSection > MAX_FRAMES) {
      throw new MappedRamError('limit-exceeded', { what: 'the guest has memory beyond 8 TiB' });
    }
    for (let at = 0; at < framesPerSection; at += CHUNK_FRAMES) {
      const frames = Math.min(CHUNK_FRAMES, framesPerSection - at);
      const address = pagesAddress + BigInt(at * layout.structBytes);
      const bytes = await memory.tryRead(address, frames * layout.structBytes);
      if (bytes !== undefined) scan.pages(firstFrame + at, bytes);
      else await scanPieces(memory, address, firstFrame + at, frames, scan, layout);
      onFrames(frames);
    }
  }
  return scan;
}

async function scanPieces(
  memory: VirtualMemory,
  address: bigint,
  firstFrame: number,
  frames: number,
  scan: Scan,
  { structBytes }: PageLayout,
): Promise<void> {
  for (let at = 0; at < frames; at += SUBSECTION_FRAMES) {
    const pieceFrames = Math.min(SUBSECTION_FRAMES, frames - at);
    const bytes = await memory.tryRead(address + BigInt(at * structBytes), pieceFrames * structBytes);
    if (bytes !== undefined) scan.pages(firstFrame + at, bytes);
  }
}

class Scan implements MemoryMapScan {
  readonly heads = new FreeHeads();
  readonly badHeads: number[] = [];
  readonly offline: number[] = [];
  readonly #layout: PageLayout;
  readonly #links: LinkReader;
  readonly #orders: number;

  constructor(layout: PageLayout, links: LinkReader, orders: number) {
    this.#layout = layout;
    this.#links = links;
    this.#orders = orders;
  }

  pages(firstFrame: number, bytes: Uint8Array): void {
    const { structBytes, freeMapcount, offlineMapcount } = this.#layout;
    const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
    const stride = structBytes / 4;
    const mapcount = this.#layout.mapcount / 4;
    const frames = bytes.length / structBytes;
    for (let frame = 0; frame < frames; ) {
      const value = words[frame * stride + mapcount];
      if (value === freeMapcount) frame += this.#head(firstFrame, frame, frames, words);
      else {
        if (value === offlineMapcount) this.#addOffline(firstFrame + frame);
        frame++;
      }
    }
  }

  /** @returns How many pages are done with. */
  #head(firstFrame: number, frame: number, frames: number, words: Int32Array): number {
    const { structBytes, order: orderAt, next, previous } = this.#layout;
    const page = (frame * structBytes) / 4;
    const order = words[page + orderAt / 4] as number;
    const isOrder = order >= 0 && order < this.#orders && words[page + orderAt / 4 + 1] === 0;
    const count = isOrder ? 2 ** order : 1;
    const fits = isOrder && (firstFrame + frame) % count === 0 && frame + count <= frames;
    if (!fits || !this.#isUnused(frame, count, words)) {
      this.badHeads.push(firstFrame + frame);
      return 1;
    }
    const link = (at: number) =>
      this.#links.link((words[page + at / 4 + 1] as number) >>> 0, (words[page + at / 4] as number) >>> 0);
    if (!this.heads.push(firstFrame + frame, order, link(next), link(previous))) {
      throw new MappedRamError('limit-exceeded', { what: 'the guest has too many runs of free pages' });
    }
    return count;
  }

  /** Whether no page of a run is in use, and none but the first one begins a run. */
  #isUnused(frame: number, count: number, words: Int32Array): boolean {
    const stride = this.#layout.structBytes / 4;
    const refcount = this.#layout.refcount / 4;
    const mapcount = this.#layout.mapcount / 4;
    for (let page = frame; page < frame + count; page++) {
      if (words[page * stride + refcount] !== 0) return false;
      if (page > frame && words[page * stride + mapcount] !== NOT_MAPPED) return false;
    }
    return true;
  }

  #addOffline(frame: number): void {
    const { offline } = this;
    const last = offline.length - 1;
    const count = offline[last] ?? 0;
    if (last > 0 && (offline[last - 1] as number) + count === frame) offline[last] = count + 1;
    else offline.push(frame, 1);
  }
}
