import { packed } from './define.js';
import { le, type PackedMutation } from './packed-mutation.js';
import {
  checksumOf,
  frameHeader,
  plainBlocks,
  plainFrame,
  repeatedBlocks,
  skippableFrame,
} from './zstd-frame.js';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

/** `XXH64` of nothing, low half. */
const CHECKSUM_OF_NOTHING = 0x51d8e999;

/** Descriptors of windows (RFC 8878, 3.1.1.1.2). */
const Window = { mib: 10 << 3, gib: 20 << 3 } as const;

/** The frames of the base. */
const [LEAD, ZEROS, PAGES, TAIL] = [0, 2, 3, 4] as const;

/** Puts a frame in place of that of the pages, and has the table say of it what it ends with. */
function replacePages(m: PackedMutation, bytes: Buffer, contentBytes = 65_536): void {
  const checksum = bytes.readUInt32LE(bytes.length - 4);
  m.replaceFrame(PAGES, { bytes, contentBytes, checksum });
}

/** Frames, one by one. */
export const frameVectors = [
  packed('whole', {
    what: 'A packed file as mr pack writes it, with frames of 64 KiB.',
    why: 'The control for those that are damaged.',
    clauses: ['PACK-1', 'PACK-5', 'PACK-9', 'PACK-11'],
    outcome: 'accepted',
    mutate: () => {},
  }),
  packed('lead-absent', {
    what: 'A packed file without a lead.',
    why: 'Other programs write seekable files too.',
    clauses: ['PACK-9'],
    outcome: 'accepted',
    mutate: (m) => m.removeFrame(LEAD),
  }),
  packed('skippable-frame', {
    what: 'A skippable frame of kind 5 stands between two frames, and in the seek table.',
    why: 'Whoever does not know what it is for passes over it.',
    clauses: ['PACK-2'],
    outcome: 'accepted',
    mutate: (m) => m.addFrame(PAGES, skippableFrame(5, Buffer.from('anything')), 0, CHECKSUM_OF_NOTHING),
  }),
  packed('stored-blocks', {
    what: 'The pages are in blocks that are stored as they are, and in repeated ones.',
    why: 'The bytes of a frame are those of one library and level: contents count.',
    clauses: ['PACK-4', 'PACK-7'],
    outcome: 'accepted',
    mutate: (m) => replacePages(m, plainFrame(m.frame(PAGES).contents)),
  }),
  packed('content-size-absent', {
    what: 'The frame of the pages does not tell the length of its contents.',
    why: 'The table has it.',
    clauses: ['PACK-4'],
    outcome: 'accepted',
    mutate: (m) => {
      const { contents, checksum } = m.frame(PAGES);
      const header = frameHeader({ window: Window.mib });
      replacePages(m, Buffer.concat([header, plainBlocks(contents), le(4, checksum)]));
    },
  }),
  packed('zeros-in-two', {
    what: 'The zeros are in two frames.',
    why: 'A writer joins them; a reader takes any.',
    clauses: ['PACK-6'],
    outcome: 'accepted',
    mutate: (m) => {
      const rest = plainFrame(m.frame(ZEROS).contents.subarray(65_536));
      const first = plainFrame(new Uint8Array(65_536));
      m.addFrame(PAGES, rest, m.frame(ZEROS).contents.length - 65_536, rest.readUInt32LE(rest.length - 4));
      m.replaceFrame(ZEROS, {
        ...{ bytes: first, contentBytes: 65_536, checksum: first.readUInt32LE(first.length - 4) },
      });
    },
  }),
  packed('frame-bit-flipped', {
    what: 'A bit of the compressed pages is flipped.',
    why: 'Compressed bytes without a checksum often decode into something else.',
    clauses: ['PACK-3'],
    outcome: 'rejected',
    mutate: (m) => {
      const { offset, bytes } = m.frame(PAGES);
      const at = bytes.length - 10;
      m.u8(offset + at, (bytes[at] as number) ^ 1);
    },
  }),
  packed('frame-checksum', {
    what: 'The checksum of the pages is another, in the frame and in the seek table.',
    why: 'Table and frame agree. The contents tell.',
    clauses: ['PACK-3', 'PACK-4'],
    outcome: 'rejected',
    mutate: (m) => {
      const { offset, bytes, checksum } = m.frame(PAGES);
      m.entry(PAGES, 'checksum', checksum ^ 1);
      m.u32(offset + bytes.length - 4, checksum ^ 1);
    },
  }),
  packed('zeros-checksum', {
    what: 'The checksum of the zeros is another, in the frame and in the seek table.',
    why: 'A reader that does not decode zeros has to know their checksum: zstd -d refuses the frame.',
    clauses: ['PACK-3', 'PACK-6'],
    outcome: 'rejected',
    mutate: (m) => {
      const { offset, bytes, checksum } = m.frame(ZEROS);
      m.entry(ZEROS, 'checksum', checksum ^ 1);
      m.u32(offset + bytes.length - 4, checksum ^ 1);
    },
  }),
  packed('frame-no-checksum', {
    what: 'The frame of the pages has no checksum; that of the seek table is right.',
    why: 'zstd -d would not notice a change.',
    clauses: ['PACK-4'],
    outcome: 'rejected',
    mutate: (m) => {
      const { contents, checksum } = m.frame(PAGES);
      m.replaceFrame(PAGES, { bytes: plainFrame(contents, { hasChecksum: false }), checksum });
    },
  }),
  packed('frame-dictionary', {
    what: 'The frame of the pages needs a dictionary.',
    why: 'Nobody has it.',
    clauses: ['PACK-4'],
    outcome: 'rejected',
    mutate: (m) => replacePages(m, plainFrame(m.frame(PAGES).contents, { dictionaryId: 7 })),
  }),
  packed('frame-reserved-bit', {
    what: 'The descriptor of the frame of the pages has its reserved bit set.',
    why: 'A newer version of zstd may mean something by it.',
    clauses: ['PACK-1'],
    outcome: 'rejected',
    mutate: (m) => replacePages(m, plainFrame(m.frame(PAGES).contents, { reservedBit: true })),
  }),
  packed('frame-window-1-gib', {
    what: 'The frame of the pages wants a window of 1 GiB.',
    why: 'A decoder would reserve a gigabyte for 64 KiB.',
    clauses: ['PACK-4'],
    outcome: 'rejected',
    mutate: (m) => replacePages(m, plainFrame(m.frame(PAGES).contents, { window: Window.gib })),
  }),
  packed('frame-content-size', {
    what: 'The frame of the pages says that it holds a byte less than the table says.',
    why: 'One of the two is wrong.',
    clauses: ['PACK-4'],
    outcome: 'rejected',
    mutate: (m) => {
      const { contents, checksum } = m.frame(PAGES);
      const header = frameHeader({ contentBytes: contents.length - 1 });
      replacePages(m, Buffer.concat([header, plainBlocks(contents), le(4, checksum)]));
    },
  }),
  packed('frame-shorter', {
    what: 'The blocks of the pages give 4 KiB less than the frame and the table say.',
    why: 'Memory that a decoder has not filled is not what was packed.',
    clauses: ['PACK-4'],
    outcome: 'rejected',
    mutate: (m) => {
      const short = m.frame(PAGES).contents.subarray(0, 61_440);
      const header = frameHeader({ contentBytes: 65_536 });
      replacePages(m, Buffer.concat([header, plainBlocks(short), le(4, checksumOf(short))]));
    },
  }),
  packed('frame-reserved-block', {
    what: 'The frame of the pages begins with a block of type 3.',
    why: 'The type is reserved.',
    clauses: ['PACK-1'],
    outcome: 'rejected',
    mutate: (m) => {
      const { contents, checksum } = m.frame(PAGES);
      const blocks = plainBlocks(contents);
      blocks.writeUInt8(blocks.readUInt8(0) | 0x06, 0);
      const header = frameHeader({ contentBytes: contents.length });
      replacePages(m, Buffer.concat([header, blocks, le(4, checksum)]));
    },
  }),
  packed('frame-no-last-block', {
    what: 'No block of the frame of what is behind the pages is the last one.',
    why: 'The frame goes on where the next one, or the table, begins.',
    clauses: ['PACK-2'],
    outcome: 'rejected',
    mutate: (m) => {
      const { contents, checksum } = m.frame(TAIL);
      const stored = le(3, contents.length << 3);
      const header = frameHeader({ contentBytes: contents.length });
      m.replaceFrame(TAIL, { bytes: Buffer.concat([header, stored, contents, le(4, checksum)]) });
    },
  }),
  packed('bomb-blocks', {
    what: 'The frame of the pages has blocks for 32 MiB, and says that they are 64 KiB.',
    why: 'A kilobyte would become 32 MiB.',
    clauses: ['PACK-4', 'PACK-8'],
    outcome: 'rejected',
    mutate: (m) => {
      const header = frameHeader({ contentBytes: 65_536 });
      replacePages(m, Buffer.concat([header, repeatedBlocks(0x41, 32 * MIB), le(4, 0x12345678)]));
    },
  }),
  packed('bomb-untold', {
    what: 'The frame of the pages has blocks for 32 MiB, and does not tell how long its contents are; the table says 64 KiB.',
    why: 'Nothing but counting what comes out ends it.',
    clauses: ['PACK-4'],
    outcome: 'rejected',
    mutate: (m) => {
      const header = frameHeader({ window: Window.mib });
      replacePages(m, Buffer.concat([header, repeatedBlocks(0x41, 32 * MIB), le(4, 0x12345678)]));
    },
  }),
  packed('bomb-16-mib', {
    what: 'The frame of the pages holds 16 MiB of one byte; frame and table agree, and there is no lead.',
    why: 'A reader of one page would have to decode all of it.',
    clauses: ['PACK-4'],
    outcome: 'rejected',
    mutate: (m) => {
      const header = frameHeader({ contentBytes: 16 * MIB });
      const checksum = le(4, checksumOf(Buffer.alloc(16 * MIB, 0x41)));
      replacePages(m, Buffer.concat([header, repeatedBlocks(0x41, 16 * MIB), checksum]), 16 * MIB);
      m.removeFrame(LEAD);
    },
  }),
  packed('bomb-zeros', {
    what: 'A frame of zeros says that it holds 2 GiB, with blocks for 1 MiB; the table says 2 GiB too, and there is no lead.',
    why: 'Zeros cost nothing on a disk that knows holes, and all the room elsewhere.',
    clauses: ['PACK-6'],
    outcome: 'rejected',
    mutate: (m) => {
      const header = frameHeader({ contentBytes: 2 * GIB });
      const bytes = Buffer.concat([header, repeatedBlocks(0, MIB), le(4, 0x12345678)]);
      m.replaceFrame(ZEROS, { bytes, contentBytes: 2 * GIB, checksum: 0x12345678 });
      m.removeFrame(LEAD);
    },
  }),
];
