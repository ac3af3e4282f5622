import { type VectorDefinition, vector } from '../builder/define.js';
import { be } from '../builder/mutation.js';

/** Captures of targets with pages of other sizes than x86 has. */
const AVR = 'qemu-10.0/avr';
const CORTEX_M = 'qemu-10.0/cortex-m';
const PPC = 'qemu-10.0/ppc64-pseries';

function smallPages(slug: string, name: string, bits: number): VectorDefinition {
  return vector(`page-sizes/${slug}`, {
    what: `The EOS word of a PART has the bit ${name}, and pages are 1 KiB.`,
    why: 'Below the page size, bits are flags; from it on they are an address, which means nothing here.',
    clauses: ['RAM-2', 'FLAGS-1', 'FLAGS-4'],
    base: CORTEX_M,
    stage: 'ram-words',
    outcome: bits >= 0x400 ? 'accepted' : 'rejected',
    rules: bits >= 0x400 ? ['ram-eos-extra-bits'] : ['ram-flag-forbidden'],
    mutate: (m) => m.u64(m.ramPart().eosOffset, 0x10 | bits),
  });
}

/** The same rules with pages of 256 bytes to 64 KiB. */
export const pageSizeVectors: readonly VectorDefinition[] = [
  smallPages('flag-200-of-1k', '0x200', 0x200),
  smallPages('flag-400-of-1k', '0x400', 0x400),
  smallPages('flag-800-of-1k', '0x800', 0x800),
  ...[
    [CORTEX_M, '1k'],
    [PPC, '64k'],
  ].flatMap(([base = '', size = '']) => [
    vector(`page-sizes/first-page-lost-${size}`, {
      what: 'The bit of the first page that is set is clear.',
      why: 'One page is lost without an error, whatever its size.',
      clauses: ['BITMAP-3', 'BITMAP-6', 'PAGES-2'],
      base,
      stage: 'bitmap',
      outcome: 'hazard',
      rules: ['page-bits-lost'],
      mutate: (m) => {
        const { bitmapOffset, bitmapLengthBytes } = m.block(0);
        const bitmap = Buffer.from(m.original(bitmapOffset, bitmapLengthBytes));
        const at = bitmap.findIndex((byte) => byte !== 0);
        const byte = bitmap[at] ?? 0;
        m.u8(bitmapOffset + at, byte & (byte - 1));
      },
    }),
    vector(`page-sizes/doubled-${size}`, {
      what: 'The page size of a header is twice that of the target.',
      why: 'Pages are counted by it and placed by another: the end of the memory stays empty, or it is refused.',
      clauses: ['HEADER-3', 'PLATFORM-1'],
      base,
      stage: 'mapped-ram-header',
      outcome: 'hazard',
      rules: ['page-size-mismatch'],
      mutate: (m) => m.u64(m.block(0).pageSizeOffset, 2 * m.block(0).pageSize),
    }),
    vector(`page-sizes/pages-unaligned-${size}`, {
      what: 'The pages of a block begin half a page behind a multiple of the page size.',
      why: 'QEMU looks at the alignment to the target’s pages, not to 4 KiB.',
      clauses: ['HEADER-5', 'LAYOUT-4'],
      base,
      stage: 'mapped-ram-header',
      outcome: 'rejected',
      rules: ['pages-offset-unaligned'],
      mutate: (m) => {
        const { pagesOffset, pagesOffsetOffset, pageSize } = m.block(0);
        m.bytes(pagesOffsetOffset, be(8, pagesOffset + pageSize / 2));
      },
    }),
  ]),
  vector('page-sizes/first-page-lost-256', {
    what: 'The bit of the first page is clear, and pages are 256 bytes.',
    why: 'The smallest pages that any target has.',
    clauses: ['BITMAP-3', 'BITMAP-6', 'PLATFORM-1'],
    base: AVR,
    stage: 'bitmap',
    outcome: 'hazard',
    rules: ['page-bits-lost', 'page-size-mismatch'],
    needsDestination: 'the target has pages of another size in 11.1',
    mutate: (m) => {
      const { bitmapOffset } = m.block(0);
      const [byte = 0] = m.original(bitmapOffset, 1);
      m.u8(bitmapOffset, byte & ~1);
    },
  }),
];
