import { asSaved, memory, PAGE, pages, type TaskDefinition } from './define.js';

const everySecond = Array.from({ length: 32 }, (_, index) => pages(index * 2, 1)).flat();

/** All tasks. */
export const taskDefinitions: readonly TaskDefinition[] = [
  memory(
    'no-page',
    { pages: 16, memory: [] },
    {
      what: 'All memory is zeros.',
      why: 'No bit is set, and the file is a hole from the bitmap to the end of the pages; the stream goes on there all the same.',
      clauses: ['BITMAP-3', 'LAYOUT-4'],
    },
  ),
  memory(
    'every-page',
    { pages: 64, memory: pages(0, 64) },
    {
      what: 'No page is zeros.',
      why: 'One 64-bit word of the bitmap is full, and there is no other.',
      clauses: ['BITMAP-1', 'BITMAP-2', 'PAGES-1'],
    },
  ),
  memory(
    'first-page',
    { pages: 16, memory: pages(0, 1) },
    {
      what: 'Only the first page is not zeros.',
      why: 'Bit 0 is the lowest bit of the first byte.',
      clauses: ['BITMAP-2', 'ORDER-2'],
    },
  ),
  memory(
    'last-page',
    { pages: 72, memory: pages(71, 1) },
    {
      what: 'Only the last page is not zeros, and its bit is in a second, partial word.',
      why: 'The bitmap is rounded up to whole words; bits past the last page stay clear.',
      clauses: ['BITMAP-1', 'BITMAP-2', 'BITMAP-4'],
    },
  ),
  memory(
    'every-second-page',
    { pages: 64, memory: everySecond },
    {
      what: 'Every second page is zeros.',
      why: 'Runs of one page are the worst case, and show bits that are counted from the other end.',
      clauses: ['BITMAP-2', 'BITMAP-3', 'PAGES-1'],
    },
  ),
  memory(
    'last-byte-of-a-page',
    { pages: 16, memory: [{ offset: 6 * PAGE - 1, lengthBytes: 1, fill: '01' }] },
    {
      what: 'A page is zeros but for its last byte.',
      why: 'A search for zero pages that stops early loses it.',
      clauses: ['BITMAP-3'],
    },
  ),
  memory(
    'first-byte-of-a-page',
    { pages: 16, memory: [{ offset: 5 * PAGE, lengthBytes: 1, fill: '80' }] },
    {
      what: 'A page is zeros but for its first byte.',
      why: 'A search for zero pages that starts late loses it.',
      clauses: ['BITMAP-3'],
    },
  ),
  memory(
    'many-runs',
    { pages: 520, memory: [...pages(3, 250), ...pages(260, 1), ...pages(300, 219)] },
    {
      what: 'More than 1 MiB of memory, in runs of 250, 1 and 219 pages.',
      why: 'Pages go over several MiB and words, and the stream goes on behind an end that is no multiple of 1 MiB.',
      clauses: ['BITMAP-2', 'PAGES-1', 'LAYOUT-4'],
    },
  ),
  memory(
    'stream-offset',
    { pages: 16, memory: pages(2, 3) },
    {
      what: 'The stream starts at 64 KiB in the file.',
      why: 'Offsets in headers count from the start of the file, not of the stream.',
      clauses: ['CONTAINER-1', 'HEADER-6'],
      streamOffset: 65536,
    },
  ),
  memory(
    'stream-offset-odd',
    { pages: 16, memory: pages(2, 3) },
    {
      what: 'The stream starts at 12345 bytes in the file.',
      why: 'Nothing asks for an aligned start; the pages are aligned in the file all the same.',
      clauses: ['CONTAINER-1', 'HEADER-5', 'HEADER-6'],
      streamOffset: 12345,
    },
  ),
  asSaved('microvm', 'qemu-10.0/microvm', {
    what: 'A microvm with its firmware blocks and device states.',
    why: 'Several blocks, each with its own bitmap and pages behind those of the one before.',
    clauses: ['BLOCK-1', 'BLOCK-2', 'LAYOUT-4'],
  }),
  asSaved('odd-size', 'qemu-10.0/odd-size', {
    what: 'A microvm whose memory is no multiple of 64 pages.',
    why: 'What follows the block does not start at a MiB, and the next pages do.',
    clauses: ['BITMAP-1', 'LAYOUT-4', 'LAYOUT-5'],
  }),
  asSaved('isapc', 'qemu-10.0/isapc', {
    what: 'An ISA PC.',
    why: 'Its ROMs are blocks of some pages behind large memory.',
    clauses: ['BLOCK-1', 'LAYOUT-4'],
  }),
  asSaved('q35', 'qemu-10.0/q35', {
    what: 'A q35 with 16 MiB.',
    why: 'The machine that most people run.',
    clauses: ['BLOCK-1', 'SECTION-1', 'END-1'],
  }),
  asSaved('uuid', 'qemu-10.0/uuid', {
    what: 'A configuration section with the UUID of the machine.',
    why: 'A subsection that QEMU writes only when it is told to, and in its own order.',
    clauses: ['CONFIG-4', 'CONFIG-6'],
  }),
  asSaved('ignore-shared', 'qemu-11.1/ignore-shared', {
    what: 'A block that is listed, but has its memory in a file that is shared.',
    why: 'Entries have guest-physical addresses then, and an ignored block has a header of zeros and no place in the file.',
    clauses: ['SHARED-1', 'SHARED-2'],
  }),
  asSaved('page-size-8192', 'qemu-10.0/alpha-none', {
    what: 'A target with pages of 8 KiB.',
    why: 'Bitmaps count pages of the target, whatever the host’s are.',
    clauses: ['HEADER-3', 'PLATFORM-1', 'BITMAP-1'],
  }),
  asSaved('page-size-16384', 'qemu-10.0/tricore-none', {
    what: 'A target with pages of 16 KiB.',
    why: 'Bitmaps count pages of the target, whatever the host’s are.',
    clauses: ['HEADER-3', 'PLATFORM-1', 'BITMAP-1'],
  }),
  asSaved('page-size-256', 'qemu-10.0/avr', {
    what: 'A target with pages of 256 bytes.',
    why: 'The smallest page: more pages than bytes of a small file’s header would let one think.',
    clauses: ['HEADER-3', 'PLATFORM-1', 'BITMAP-1'],
  }),
  asSaved('target-page-bits', 'qemu-10.0/aarch64-virt', {
    what: 'A configuration section that says how large a page of the target is.',
    why: 'Arm has it; a destination with another page size refuses it.',
    clauses: ['CONFIG-7', 'PLATFORM-1'],
  }),
];
