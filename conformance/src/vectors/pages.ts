import { vector } from '../builder/define.js';

/** What lies in the pages regions and around them. */
export const pageVectors = [
  vector('pages/changed-bytes', {
    what: 'Sixteen bytes of a set page are changed.',
    why: 'No checksum protects memory: it is restored as it lies there.',
    clauses: ['STREAM-5'],
    stage: 'pages',
    outcome: 'hazard',
    needsDestination: 'only who knows the memory that was saved can tell',
    mutate: (m) => {
      const { pagesOffset } = m.block(0);
      const bytes = m.original(pagesOffset + 256, 16);
      m.bytes(
        pagesOffset + 256,
        bytes.map((byte) => byte ^ 0xff),
      );
    },
  }),
  vector('pages/stale-bytes', {
    what: 'A page whose bit is clear has bytes that are not zero.',
    why: 'A live save leaves them behind when a page becomes zero: the page is zero all the same.',
    clauses: ['BITMAP-3', 'PAGES-2'],
    base: 'qemu-10.0/live',
    stage: 'pages',
    outcome: 'accepted',
    rules: ['stale-pages'],
    mutate: (m) => {
      const { pagesOffset, pageCount } = m.block(0);
      m.bytes(pagesOffset + (pageCount - 5) * 4096, new Uint8Array(4096).fill(0xa5));
    },
  }),
  vector('pages/padding-garbage', {
    what: 'The padding between bitmap and pages is full of 0xa5.',
    why: 'The padding means nothing.',
    clauses: ['PADDING-1'],
    stage: 'pages',
    outcome: 'accepted',
    mutate: (m) => m.bytes(m.block(0).pagesOffset - 8192, new Uint8Array(8192).fill(0xa5)),
  }),
  vector('pages/stored-zero-page', {
    what: 'A page is stored though it is all zeros.',
    why: 'That is how a save without zero page detection looks.',
    clauses: ['PAGES-4'],
    stage: 'pages',
    outcome: 'accepted',
    rules: ['pages-stored-though-zero'],
    mutate: (m) => {
      const [first = 0] = m.original(m.block(0).bitmapOffset, 1);
      m.u8(m.block(0).bitmapOffset, first | 0x20);
      m.bytes(m.block(0).pagesOffset + 5 * 4096, new Uint8Array(4096));
    },
  }),
  vector('pages/all-stored', {
    what: 'Every page is stored, as a save without zero page detection does.',
    why: 'The zero pages are there as zeros, which is right and large.',
    clauses: ['PAGES-4', 'BITMAP-3'],
    base: 'qemu-10.0/zero-pages-stored',
    stage: 'pages',
    outcome: 'accepted',
    rules: ['pages-stored-though-zero'],
    mutate: () => {},
  }),
  vector('pages/over-metadata', {
    what: 'The last block’s pages_offset leads to its own entry, and the stream goes on after it.',
    why: 'QEMU restores what it finds: header and bitmap as guest memory.',
    clauses: ['LAYOUT-5'],
    base: 'qemu-10.0/microvm',
    stage: 'pages',
    outcome: 'hazard',
    rules: ['pages-overlap', 'bitmap-overlap'],
    mutate: (m) => {
      const block = m.block(m.model.ramBlocks.length - 1);
      m.u64(block.pagesOffsetOffset, block.byteOffset);
      m.remove(block.byteOffset + block.usedLength, block.pagesEnd);
    },
  }),
  vector('pages/dense-copy', {
    what: 'The file is the same, and has lost its holes.',
    why: 'A copy by a tool that knows no holes restores as well, and takes its full size on disk.',
    clauses: ['PADDING-2'],
    base: 'qemu-10.0/numa',
    stage: 'pages',
    outcome: 'accepted',
    rules: ['holes-lost'],
    storage: 'dense',
    mutate: () => {},
  }),
  vector('pages/unaligned-and-outside', {
    what: 'The pages begin at 0x10000003, far behind the end of the file.',
    why: 'The alignment is looked at before a page is read, so that not even multifd gets to the missing pages.',
    clauses: ['HEADER-5', 'LAYOUT-6', 'MULTIFD-3'],
    stage: 'mapped-ram-header',
    outcome: 'rejected',
    rules: ['pages-offset-unaligned'],
    mutate: (m) => m.u64(m.block(0).pagesOffsetOffset, 0x1000_0003),
  }),
];
