import type { PhysicalRange } from '@mapped-ram/facts';
import type { Snapshot } from '@mapped-ram/reader';
import { decodeVmcoreinfoText, NOTE_TEXT_OFFSET } from './elf-note.js';
import { MAX_VMCOREINFO_BYTES, type Vmcoreinfo } from './vmcoreinfo.js';

const CHUNK_BYTES = 4 * 1024 * 1024;

/** The smallest page: the kernel puts both copies at the start of one of its own (kernel/vmcore_info.c, `crash_save_vmcoreinfo_init`). */
const STEP_BYTES = 4096;

/** What the text begins with. */
const BEGINNING = new TextEncoder().encode('OSRELEASE=');

/** Tells the text from one that is only a part, or a format string. */
const TELLING_KEYS = ['PAGESIZE', 'SYMBOL(init_uts_ns)', 'SYMBOL(_stext)'];

/** How to scan. */
export interface ScanOptions {
  /** Bytes of pages to look at, at most; all if not given. */
  readonly scanBytes?: number | undefined;
  /** Told of bytes of pages that were looked at. */
  readonly onScanned?: ((lengthBytes: number) => void) | undefined;
}

/**
 * Looks for VMCOREINFO in guest memory: one copy stands at the start of a page, the other one behind the header of its note. Whether
 * what is found is the running kernel's is not known yet: it may as well be a file's, or left from an earlier boot.
 *
 * @returns What may be it, in the order of addresses.
 * @throws MappedRamError as `Snapshot.pages` does.
 */
export async function* scanVmcoreinfo(
  snapshot: Snapshot,
  ranges: readonly PhysicalRange[],
  { scanBytes = Number.POSITIVE_INFINITY, onScanned }: ScanOptions = {},
): AsyncGenerator<Vmcoreinfo, void, undefined> {
  let scannedBytes = 0;
  for (const { block, blockOffset, lengthBytes } of ranges) {
    const { pageSize } = block;
    if (block.ignored || pageSize < STEP_BYTES) continue;
    const firstPage = Math.floor(blockOffset / pageSize);
    const pageCount = Math.ceil((blockOffset + lengthBytes) / pageSize) - firstPage;
    const wanted = { firstPage, pageCount, chunkBytes: CHUNK_BYTES, withoutHoles: true };
    for await (const batch of snapshot.pages(block, wanted)) {
      for (const { firstPage: first, bytes } of batch) {
        for (const at of beginnings(bytes)) {
          const found = await readText(snapshot, block, first * pageSize + at);
          if (TELLING_KEYS.every((key) => found.has(key))) yield found;
        }
        scannedBytes += bytes.length;
        onScanned?.(bytes.length);
      }
      if (scannedBytes >= scanBytes) return;
    }
  }
}

/** Where in whole pages the text may begin. */
function beginnings(bytes: Uint8Array): number[] {
  const found: number[] = [];
  for (let page = 0; page < bytes.length; page += STEP_BYTES) {
    if (isBeginning(bytes, page)) found.push(page);
    else if (isBeginning(bytes, page + NOTE_TEXT_OFFSET)) found.push(page + NOTE_TEXT_OFFSET);
  }
  return found;
}

function isBeginning(bytes: Uint8Array, at: number): boolean {
  for (let index = 0; index < BEGINNING.length; index++) {
    if (bytes[at + index] !== BEGINNING[index]) return false;
  }
  return true;
}

async function readText(
  snapshot: Snapshot,
  block: PhysicalRange['block'],
  blockOffset: number,
): Promise<Vmcoreinfo> {
  const firstPage = Math.floor(blockOffset / block.pageSize);
  const wanted = Math.ceil((MAX_VMCOREINFO_BYTES + NOTE_TEXT_OFFSET) / block.pageSize);
  const pages = new Uint8Array(Math.min(wanted, block.pageCount - firstPage) * block.pageSize);
  await snapshot.readPages(block, firstPage, pages);
  return decodeVmcoreinfoText(pages.subarray(blockOffset - firstPage * block.pageSize));
}
