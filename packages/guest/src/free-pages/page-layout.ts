import { MappedRamError } from '@mapped-ram/format';
import type { Vmcoreinfo } from '../vmcoreinfo/vmcoreinfo.js';

/** Where in a page structure is what tells of free pages: offsets in bytes, and the values that count. */
export interface PageLayout {
  readonly structBytes: number;
  readonly mapcount: number;
  readonly refcount: number;
  /** Of the first page of a free run: its order, 64 bits. */
  readonly order: number;
  /** Of the first page of a free run: pointers to the next and the previous one in its list. */
  readonly next: number;
  readonly previous: number;
  /** Where in a page structure the pointers of others point. */
  readonly link: number;
  /** What `_mapcount` reads in the first page of a free run, as a signed number. */
  readonly freeMapcount: number;
  /** What it reads in a page that a balloon or virtio-mem holds; undefined where the kernel does not tell. */
  readonly offlineMapcount: number | undefined;
}

/** Real ones have 56 or 64 bytes. */
const MAX_STRUCT_BYTES = 256;

/**
 * How the guest's kernel lays out page structures (Linux: include/linux/mm_types.h).
 *
 * @throws MappedRamError `unsupported` where VMCOREINFO lacks what is needed, or has what cannot be.
 */
export function readPageLayout(info: Vmcoreinfo): PageLayout {
  const structBytes = info.size('page');
  const link = info.offset('page.lru');
  const inPage = (offset: number, what: string) => {
    if (
      structBytes % 8 === 0 &&
      structBytes <= MAX_STRUCT_BYTES &&
      offset % 4 === 0 &&
      offset + 8 <= structBytes
    )
      return offset;
    throw new MappedRamError('unsupported', {
      what: `the guest's VMCOREINFO has a page structure that cannot be: ${what} at ${offset} of ${structBytes} bytes`,
    });
  };
  const value = (name: string) => Number(BigInt.asIntN(32, info.number(name)));
  return {
    structBytes,
    mapcount: inPage(info.offset('page._mapcount'), '_mapcount'),
    refcount: inPage(info.offset('page._refcount'), '_refcount'),
    order: inPage(info.offset('page.private'), 'private'),
    next: inPage(link + info.offset('list_head.next'), 'lru.next'),
    previous: inPage(link + info.offset('list_head.prev'), 'lru.prev'),
    link,
    freeMapcount: value('PAGE_BUDDY_MAPCOUNT_VALUE'),
    offlineMapcount: info.has('NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)')
      ? value('PAGE_OFFLINE_MAPCOUNT_VALUE')
      : undefined,
  };
}
