import { vector } from '../builder/define.js';

/** Which pages the bitmap says are there. */
export const bitmapVectors = [
  vector('bitmap/cleared', {
    what: 'No bit of the bitmap is set.',
    why: 'A bitmap that was never written: the guest wakes up with empty memory, without an error.',
    clauses: ['BITMAP-3', 'BITMAP-5'],
    stage: 'bitmap',
    outcome: 'hazard',
    rules: ['bitmap-zero-over-data'],
    mutate: (m) => m.zero(m.block(0).bitmapOffset, m.block(0).bitmapEnd),
  }),
  vector('bitmap/one-block-cleared', {
    what: 'No bit of the bitmap of the machine’s RAM is set, while those of the ROMs are as they were.',
    why: 'Other bitmaps that are right do not make this one right.',
    clauses: ['BITMAP-3', 'BITMAP-5'],
    base: 'qemu-10.0/microvm',
    stage: 'bitmap',
    outcome: 'hazard',
    rules: ['bitmap-zero-over-data'],
    mutate: (m) => m.zero(m.block(0).bitmapOffset, m.block(0).bitmapEnd),
  }),
  vector('bitmap/numa-node-cleared', {
    what: 'No bit of the bitmap of the second of two NUMA nodes is set, while the others are as they were.',
    why: 'Guest memory is a set of blocks: the smaller one counts as much as the larger.',
    clauses: ['BITMAP-3', 'BITMAP-5', 'PAGES-5'],
    base: 'qemu-10.0/numa',
    stage: 'bitmap',
    outcome: 'hazard',
    rules: ['bitmap-zero-over-data'],
    mutate: (m) => m.zero(m.block('ram-node1').bitmapOffset, m.block('ram-node1').bitmapEnd),
  }),
  vector('bitmap/dimm-cleared', {
    what: 'No bit of the bitmap of a DIMM is set, while that of the main RAM is as it was.',
    why: 'A DIMM is guest memory under a name of the user’s.',
    clauses: ['BITMAP-3', 'BITMAP-5', 'PAGES-5'],
    base: 'qemu-10.0/dimm',
    stage: 'bitmap',
    outcome: 'hazard',
    rules: ['bitmap-zero-over-data'],
    mutate: (m) => m.zero(m.block('mem1').bitmapOffset, m.block('mem1').bitmapEnd),
  }),
  vector('bitmap/ram-beside-dimm-cleared', {
    what: 'No bit of the bitmap of the main RAM is set, while that of a larger DIMM is as it was.',
    why: 'The largest block is not the main RAM.',
    clauses: ['BITMAP-3', 'BITMAP-5', 'PAGES-5'],
    base: 'qemu-10.0/dimm',
    stage: 'bitmap',
    outcome: 'hazard',
    rules: ['bitmap-zero-over-data'],
    mutate: (m) => m.zero(m.block('pc.ram').bitmapOffset, m.block('pc.ram').bitmapEnd),
  }),
  vector('bitmap/object-path-cleared', {
    what: 'No bit of the bitmap of the main RAM is set, which is named /objects/pc.ram.',
    why: 'A path in a name does not make a device of it: old machine types name a backend so.',
    clauses: ['BITMAP-3', 'BITMAP-5', 'PAGES-5'],
    base: 'qemu-10.0/older-machine',
    stage: 'bitmap',
    outcome: 'hazard',
    rules: ['bitmap-zero-over-data', 'machine-type-missing'],
    mutate: (m) => m.zero(m.block(0).bitmapOffset, m.block(0).bitmapEnd),
  }),
  vector('bitmap/words-cleared', {
    what: 'Two words of the bitmap of a NUMA node are zero.',
    why: 'The other words are right, and 128 pages may be lost without an error.',
    clauses: ['BITMAP-3', 'BITMAP-6', 'PAGES-5'],
    base: 'qemu-10.0/numa',
    stage: 'bitmap',
    outcome: 'hazard',
    rules: ['page-bits-lost'],
    mutate: (m) => m.zero(m.block('ram-node1').bitmapOffset, m.block('ram-node1').bitmapOffset + 16),
  }),
  vector('bitmap/cleared-beside-odd-page-size', {
    what: 'No bit of the bitmap is set, and the page size is 4097.',
    why: 'Pages of no such size can be looked through, and data is lost all the same where the size is not checked.',
    clauses: ['BITMAP-3', 'BITMAP-5', 'HEADER-3'],
    stage: 'bitmap',
    outcome: 'hazard',
    rules: ['bitmap-zero-over-data', 'page-size-mismatch'],
    mutate: (m) => {
      m.u64(m.block(0).pageSizeOffset, 4097n);
      m.zero(m.block(0).bitmapOffset, m.block(0).bitmapEnd);
    },
  }),
  vector('bitmap/rom-cleared', {
    what: 'No bit of the bitmap of a ROM is set, while that of the machine’s RAM is as it was.',
    why: 'The block keeps what the destination put there, which may be the same or not.',
    clauses: ['BITMAP-3', 'BITMAP-5'],
    base: 'qemu-10.0/microvm',
    stage: 'bitmap',
    outcome: 'hazard',
    rules: ['bitmap-zero-over-data'],
    needsDestination: 'a ROM that the file does not restore keeps the contents of the destination’s own file',
    mutate: (m) => m.zero(m.block('pc.bios').bitmapOffset, m.block('pc.bios').bitmapEnd),
  }),
  vector('bitmap/one-bit-cleared', {
    what: 'The bit of page 0 is clear, though the page was saved.',
    why: 'One page is lost without an error. The guest was paused, so that nothing can be left from earlier.',
    clauses: ['BITMAP-3', 'BITMAP-6', 'PAGES-5'],
    stage: 'bitmap',
    outcome: 'hazard',
    rules: ['page-bits-lost'],
    mutate: (m) => {
      const [first = 0] = m.original(m.block(0).bitmapOffset, 1);
      m.u8(m.block(0).bitmapOffset, first & ~1);
    },
  }),
  vector('bitmap/tail-bits', {
    what: 'Every bit past the last page is set.',
    why: 'A reader must not go by bits of pages that do not exist.',
    clauses: ['BITMAP-4'],
    stage: 'bitmap',
    outcome: 'accepted',
    rules: ['bitmap-tail-bits'],
    mutate: (m) => {
      const { bitmapOffset, bitmapEnd, pageCount } = m.block(0);
      m.bytes(
        bitmapOffset + pageCount / 8,
        new Uint8Array(bitmapEnd - bitmapOffset - pageCount / 8).fill(0xff),
      );
    },
  }),
  vector('bitmap/set-over-holes', {
    what: 'The bit of every page is set, holes included.',
    why: 'A hole reads as zeros, which is what a clear bit says.',
    clauses: ['BITMAP-3', 'PAGES-3', 'PAGES-4'],
    stage: 'bitmap',
    outcome: 'accepted',
    mutate: (m) => m.bytes(m.block(0).bitmapOffset, new Uint8Array(m.block(0).pageCount / 8).fill(0xff)),
  }),
  vector('bitmap/all-set', {
    what: 'The bit of every page of the machine’s RAM of 8 MiB is set.',
    why: 'So large a guest hardly ever uses every page: the save did not look for zero pages.',
    clauses: ['BITMAP-3', 'PAGES-4'],
    base: 'qemu-10.0/numa',
    stage: 'bitmap',
    outcome: 'accepted',
    rules: ['bitmap-all-set', 'pages-stored-though-zero'],
    mutate: (m) => m.bytes(m.block(0).bitmapOffset, new Uint8Array(m.block(0).pageCount / 8).fill(0xff)),
  }),
  vector('bitmap/words-reversed', {
    what: 'The bytes of each 64-bit word of the bitmap are in reverse order, as a big-endian host writes them.',
    why: 'Nothing in the file says which order it is: a little-endian QEMU sees bits past the last page and none before.',
    clauses: ['ORDER-1', 'ORDER-2'],
    stage: 'bitmap',
    outcome: 'hazard',
    rules: ['bitmap-zero-over-data', 'bitmap-tail-bits', 'bitmap-byte-order'],
    mutate: (m) => {
      const { bitmapOffset, bitmapLengthBytes } = m.block(0);
      const words = Buffer.from(m.original(bitmapOffset, bitmapLengthBytes));
      m.bytes(bitmapOffset, words.swap64());
    },
  }),
  vector('bitmap/rom-over-other-pages', {
    what: 'The bitmap of a ROM is said to lie in the set pages of another one.',
    why: 'The pages are where they were: it is the bitmap that is in their place, and only its block gets other bits.',
    clauses: ['LAYOUT-5', 'HEADER-4'],
    base: 'qemu-10.0/microvm',
    stage: 'bitmap',
    outcome: 'accepted',
    rules: ['bitmap-overlap', 'bitmap-zero-over-data'],
    mutate: (m) => m.u64(m.block(1).bitmapOffsetOffset, m.block(3).pagesOffset + 0x72),
  }),
];
