import { vector } from '../builder/define.js';
import { counted, type Mutation } from '../builder/mutation.js';
import type { BlockPlaces } from '../builder/places.js';
import { relayBlocks, replaceBeforeBitmap, resizeLastBlock } from '../builder/relay.js';

const MICROVM = 'qemu-10.0/microvm';

const allBlocks = (m: Mutation): BlockPlaces[] => m.model.ramBlocks.map(({ index }) => m.block(index));

/** The list of RAM blocks and their lengths. */
export const blockTableVectors = [
  vector('block-table/name-unknown', {
    what: 'The block ram is called rom.',
    why: 'A good name that this destination does not have.',
    clauses: ['BLOCK-3'],
    stage: 'block-table',
    outcome: 'rejected',
    needsDestination: 'which blocks the destination has is not in the file',
    mutate: (m) => m.bytes(m.block(0).idstrOffset + 1, 'rom'),
  }),
  vector('block-table/name-empty', {
    what: 'The block’s name is empty.',
    why: 'No block is called so: this can be told from the file alone.',
    clauses: ['BLOCK-2', 'BLOCK-3'],
    stage: 'block-table',
    outcome: 'rejected',
    rules: ['block-table'],
    mutate: (m) => replaceBeforeBitmap(m, m.block(0).idstrOffset, m.block(0).usedLengthOffset, counted('')),
  }),
  vector('block-table/name-control-character', {
    what: 'The block’s name has a control character in it.',
    why: 'No block is called so, and a terminal must not see it as it is.',
    clauses: ['BLOCK-2', 'BLOCK-3'],
    stage: 'block-table',
    outcome: 'rejected',
    rules: ['block-name'],
    mutate: (m) => m.u8(m.block(0).idstrOffset + 2, 0x1b),
  }),
  vector('block-table/name-nul', {
    what: 'The block’s name is followed by a NUL and more bytes that its length counts.',
    why: 'QEMU compares up to the NUL and finds the block.',
    clauses: ['BLOCK-2', 'BLOCK-3'],
    stage: 'block-table',
    outcome: 'accepted',
    readersMayReject: true,
    mutate: (m) =>
      replaceBeforeBitmap(m, m.block(0).idstrOffset, m.block(0).usedLengthOffset, counted('ram\0rest')),
  }),
  vector('block-table/total-too-large', {
    what: 'The MEM_SIZE word’s total is a page more than the lengths add up to.',
    why: 'The reader looks for another entry where the EOS word is.',
    clauses: ['BLOCK-1', 'BLOCK-6'],
    stage: 'block-table',
    outcome: 'rejected',
    rules: ['block-table'],
    mutate: (m) => m.u64(m.memSizeOffset, (m.totalBytes + 4096n) | 4n),
  }),
  vector('block-table/total-too-small', {
    what: 'The MEM_SIZE word’s total is a page less than the lengths add up to.',
    why: 'The lengths go past the total.',
    clauses: ['BLOCK-1', 'BLOCK-6'],
    stage: 'block-table',
    outcome: 'rejected',
    rules: ['block-table'],
    mutate: (m) => m.u64(m.memSizeOffset, (m.totalBytes - 4096n) | 4n),
  }),
  vector('block-table/total-zero', {
    what: 'The MEM_SIZE word’s total is 0, while a block follows.',
    why: 'The table counts as empty, and the block’s entry is taken for a word.',
    clauses: ['BLOCK-1', 'BLOCK-6'],
    stage: 'block-table',
    outcome: 'rejected',
    rules: ['ram-flags-unknown'],
    mutate: (m) => m.u64(m.memSizeOffset, 4n),
  }),
  vector('block-table/total-huge', {
    what: 'The MEM_SIZE word’s total is 2^63 with the flag.',
    why: 'A reader must not allocate, or loop, for what a total says.',
    clauses: ['BLOCK-1', 'BLOCK-6'],
    stage: 'block-table',
    outcome: 'rejected',
    rules: ['block-table'],
    mutate: (m) => m.u64(m.memSizeOffset, (2n ** 63n) | 4n),
  }),
  vector('block-table/used-length-more', {
    what: 'used_length is a page more than it was; nothing else was changed.',
    why: 'The total, the bitmap’s length and the place where the stream goes on no longer fit.',
    clauses: ['BLOCK-5', 'BLOCK-6', 'LAYOUT-4'],
    stage: 'block-table',
    outcome: 'rejected',
    rules: ['block-table'],
    mutate: (m) => m.u64(m.block(0).usedLengthOffset, m.block(0).usedLength + 4096),
  }),
  vector('block-table/used-length-less', {
    what: 'used_length is a page less than it was; nothing else was changed.',
    why: 'The stream is taken up again amid the pages.',
    clauses: ['BLOCK-5', 'BLOCK-6', 'LAYOUT-4'],
    stage: 'block-table',
    outcome: 'rejected',
    rules: ['block-name', 'bitmap-tail-bits'],
    mutate: (m) => m.u64(m.block(0).usedLengthOffset, m.block(0).usedLength - 4096),
  }),
  vector('block-table/used-length-page-more', {
    what: 'used_length is a page more than it was, and the total and the stream fit.',
    why: 'QEMU does not compare the length with that of its own block.',
    clauses: ['BLOCK-5'],
    stage: 'block-table',
    outcome: 'accepted',
    needsDestination: 'the length of the destination’s block is not in the file',
    mutate: (m) => resizeLastBlock(m, 4096),
  }),
  vector('block-table/used-length-page-more-set', {
    what: 'used_length is a page more than it was, the total and the stream fit, and the new page’s bit is set.',
    why: 'A page that the destination’s block does not have.',
    clauses: ['BLOCK-5'],
    stage: 'pages',
    outcome: 'hazard',
    needsDestination: 'the length of the destination’s block is not in the file',
    mutate: (m) => {
      m.u8(m.block(0).bitmapOffset + m.block(0).pageCount / 8, 0x01);
      resizeLastBlock(m, 4096);
    },
  }),
  vector('block-table/used-length-page-less', {
    what: 'used_length is a page less than it was, and the total and the stream fit.',
    why: 'QEMU does not compare the length with that of its own block: the last page is lost without an error.',
    clauses: ['BLOCK-5'],
    stage: 'block-table',
    outcome: 'hazard',
    rules: ['bitmap-tail-bits'],
    needsDestination: 'the length of the destination’s block is not in the file',
    mutate: (m) => resizeLastBlock(m, -4096),
  }),
  vector('block-table/used-length-byte-less', {
    what: 'used_length is a byte less than it was, and the total and the stream fit.',
    why: 'A length that is no multiple of the page size: the last page is not counted.',
    clauses: ['BLOCK-5', 'BITMAP-1'],
    stage: 'block-table',
    outcome: 'rejected',
    rules: ['ram-flag-forbidden'],
    mutate: (m) => resizeLastBlock(m, -1),
  }),
  vector('block-table/used-length-unaligned', {
    what: 'One block is a byte longer and the next one a byte shorter, and the total and the stream fit.',
    why: 'Lengths that are no multiple of the page size, though their sum is one: bytes past the last whole page are lost.',
    clauses: ['BLOCK-5', 'BITMAP-1'],
    base: MICROVM,
    stage: 'block-table',
    outcome: 'accepted',
    rules: ['used-length-unaligned'],
    mutate: (m) => {
      const [longer, shorter] = [m.block('/rom@etc/table-loader'), m.block('/rom@etc/acpi/rsdp')];
      m.u64(longer.usedLengthOffset, longer.usedLength + 1);
      m.u64(shorter.usedLengthOffset, shorter.usedLength - 1);
      m.u64(shorter.bitmapOffsetOffset, shorter.bitmapOffset + 1);
      m.remove(shorter.pagesEnd - 1, shorter.pagesEnd);
      m.remove(shorter.bitmapEnd, shorter.bitmapEnd + 1);
      m.insertZeros(shorter.byteOffset, 1);
    },
  }),
  vector('block-table/byte-inserted', {
    what: 'A byte of 0x7f is inserted in front of used_length.',
    why: 'A name that is right, and a length that is garbage.',
    clauses: ['BLOCK-2', 'BLOCK-5'],
    stage: 'block-table',
    outcome: 'hazard',
    rules: ['value-too-large'],
    mutate: (m) => m.insert(m.block(0).usedLengthOffset, Uint8Array.of(0x7f)),
  }),
  vector('block-table/used-length-zero', {
    what: 'used_length is 0.',
    why: 'The lengths never add up to the total.',
    clauses: ['BLOCK-5', 'BLOCK-6'],
    stage: 'block-table',
    outcome: 'rejected',
    rules: ['block-name'],
    mutate: (m) => m.u64(m.block(0).usedLengthOffset, 0),
  }),
  vector('block-table/used-length-4-pib', {
    what: 'used_length and the total are 2^52.',
    why: 'QEMU asks for a bitmap of 128 GiB at once, and aborts where the host does not have them.',
    clauses: ['BLOCK-5', 'BITMAP-1'],
    stage: 'block-table',
    outcome: 'hazard',
    rules: ['bitmap-too-large', 'bitmap-offset-outside'],
    needsDestination: 'how much memory the host has is not in the file',
    mutate: (m) => {
      m.u64(m.memSizeOffset, (2n ** 52n) | 4n);
      m.u64(m.block(0).usedLengthOffset, 2n ** 52n);
    },
  }),
  vector('block-table/used-length-huge', {
    what: 'used_length is 2^63.',
    why: 'A reader must not allocate for what a length says: QEMU asks for the bitmap at once, and aborts.',
    clauses: ['BLOCK-5'],
    stage: 'block-table',
    outcome: 'hazard',
    rules: ['value-too-large'],
    mutate: (m) => m.u64(m.block(0).usedLengthOffset, 2n ** 63n),
  }),
  vector('block-table/used-length-page-more-rom', {
    what: 'The last block’s used_length, of a ROM, is a page more than it was, and the total and the stream fit.',
    why: 'The same with a block that can be resized.',
    clauses: ['BLOCK-5'],
    base: MICROVM,
    stage: 'block-table',
    outcome: 'accepted',
    needsDestination: 'the length of the destination’s block is not in the file',
    mutate: (m) => resizeLastBlock(m, 4096),
  }),
  vector('block-table/order', {
    what: 'The two largest blocks have changed their places.',
    why: 'QEMU writes them by size, and reads them by name.',
    clauses: ['BLOCK-4'],
    base: 'qemu-10.0/numa',
    stage: 'block-table',
    outcome: 'accepted',
    rules: ['block-order'],
    mutate: (m) => relayBlocks(m, [m.block(1), m.block(0), ...allBlocks(m).slice(2)]),
  }),
  vector('block-table/twice', {
    what: 'A block is in the table twice.',
    why: 'QEMU loads it twice. A writer that does so is confused.',
    clauses: ['BLOCK-4'],
    base: MICROVM,
    stage: 'block-table',
    outcome: 'accepted',
    rules: ['block-duplicate'],
    mutate: (m) => relayBlocks(m, [...allBlocks(m), m.block(m.model.ramBlocks.length - 1)]),
  }),
  vector('block-table/last-dropped', {
    what: 'The last block is left out of the table.',
    why: 'QEMU does not notice: the block keeps what the destination put there, which for a ROM is the same.',
    clauses: ['BLOCK-4'],
    base: MICROVM,
    stage: 'block-table',
    outcome: 'accepted',
    needsDestination: 'which blocks the destination has is not in the file',
    mutate: (m) => relayBlocks(m, allBlocks(m).slice(0, -1)),
  }),
  vector('block-table/first-dropped', {
    what: 'The first block, the machine’s RAM, is left out of the table.',
    why: 'QEMU does not notice: the guest wakes up with empty memory.',
    clauses: ['BLOCK-4'],
    base: MICROVM,
    stage: 'block-table',
    outcome: 'hazard',
    needsDestination: 'which blocks the destination has is not in the file',
    mutate: (m) => relayBlocks(m, allBlocks(m).slice(1)),
  }),
  vector('block-table/relaid', {
    what: 'The table is laid out anew with the same blocks in the same order.',
    why: 'The control for the vectors that leave out, repeat or reorder blocks: nothing changes.',
    clauses: ['LAYOUT-1'],
    base: MICROVM,
    stage: 'block-table',
    outcome: 'accepted',
    mutate: (m) => relayBlocks(m, allBlocks(m)),
  }),
];
