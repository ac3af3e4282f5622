import { packed } from './define.js';
import { le } from './packed-mutation.js';
import { checksumOf, frameHeader, plainBlocks } from './zstd-frame.js';

/** The frames of the base: the lead, the file's head, zeros, the pages, and what is behind. */
const [LEAD, HEAD, ZEROS, PAGES, TAIL] = [0, 1, 2, 3, 4] as const;

/** The descriptor of a window of 1 MiB. */
const WINDOW_MIB = 10 << 3;

/** The seek table at the end, and whether it is true. */
export const seekTableVectors = [
  packed('table-cut-off', {
    what: 'The last bytes of the seek table are cut off.',
    why: 'An interrupted copy ends like this: without the table nobody knows where frames are.',
    clauses: ['PACK-1'],
    outcome: 'rejected',
    mutate: (m) => m.truncate(m.footerOffset + 3),
  }),
  packed('table-absent', {
    what: 'There is no seek table: the frames alone.',
    why: 'zstd alone makes such files. No part of them can be read alone.',
    clauses: ['PACK-1'],
    outcome: 'rejected',
    mutate: (m) => m.truncate(m.tableOffset),
  }),
  packed('table-bytes-behind', {
    what: 'A skippable frame follows the seek table.',
    why: 'The table is the last thing in the file: its end is where a reader begins.',
    clauses: ['PACK-1'],
    outcome: 'rejected',
    mutate: (m) => m.insert(m.footerOffset + 9, Buffer.concat([le(4, 0x184d2a50), le(4, 0)])),
  }),
  packed('table-reserved-bits', {
    what: 'The descriptor of the seek table has a reserved bit set.',
    why: 'A newer version of the format may mean something by it.',
    clauses: ['PACK-1'],
    outcome: 'rejected',
    mutate: (m) => m.u8(m.footerOffset + 4, 0x84),
  }),
  packed('table-no-checksums', {
    what: 'The seek table has no checksums, and entries of 8 bytes.',
    why: 'The format of zstd allows it. Frames that were exchanged would not be noticed.',
    clauses: ['PACK-3'],
    outcome: 'rejected',
    mutate: (m) => {
      m.u8(m.footerOffset + 4, 0);
      m.u32(m.tableOffset + 4, m.frames.length * 8 + 9);
      for (const index of m.frames.keys()) {
        const at = m.entriesOffset + (m.frames.length - 1 - index) * 12 + 8;
        m.remove(at, at + 4);
      }
    },
  }),
  packed('table-more-frames', {
    what: 'The seek table says that it has 2^24 - 1 frames.',
    why: 'The table would be longer than the file, and take gigabytes of memory.',
    clauses: ['PACK-8'],
    outcome: 'rejected',
    mutate: (m) => m.u32(m.footerOffset, 0xffffff),
  }),
  packed('table-most-frames', {
    what: 'The seek table says that it has 2^32 - 1 frames.',
    why: 'The number times 12 does not fit into 32 bits.',
    clauses: ['PACK-8'],
    outcome: 'rejected',
    mutate: (m) => m.u32(m.footerOffset, 0xffffffff),
  }),
  packed('table-fewer-frames', {
    what: 'The seek table says that it has a frame less than it has.',
    why: 'It does not begin where its end says.',
    clauses: ['PACK-1'],
    outcome: 'rejected',
    mutate: (m) => m.u32(m.footerOffset, m.frames.length - 1),
  }),
  packed('table-length', {
    what: 'The length of the skippable frame of the seek table is a byte more.',
    why: 'It would reach past the end of the file.',
    clauses: ['PACK-1'],
    outcome: 'rejected',
    mutate: (m) => m.u32(m.tableOffset + 4, m.frames.length * 12 + 10),
  }),
  packed('bytes-of-no-frame', {
    what: 'Eight bytes stand between the last frame and the seek table.',
    why: 'They belong to no frame of the table.',
    clauses: ['PACK-2'],
    outcome: 'rejected',
    mutate: (m) => m.insert(m.tableOffset, Buffer.alloc(8)),
  }),
  packed('skippable-of-no-entry', {
    what: 'A skippable frame that the table does not have stands before the seek table.',
    why: 'Every decoder passes over it, and the table does not add up.',
    clauses: ['PACK-2'],
    outcome: 'rejected',
    mutate: (m) => m.insert(m.tableOffset, Buffer.concat([le(4, 0x184d2a55), le(4, 0)])),
  }),
  packed('entry-missing', {
    what: 'The seek table does not have the frame of the pages.',
    why: 'Everything behind it would move to another place.',
    clauses: ['PACK-2'],
    outcome: 'rejected',
    mutate: (m) => m.removeEntry(PAGES),
  }),
  packed('frame-missing', {
    what: 'The frame of the pages is not there; the seek table has it.',
    why: 'The frames do not reach the table.',
    clauses: ['PACK-2'],
    outcome: 'rejected',
    mutate: (m) => {
      const { offset, bytes } = m.frame(PAGES);
      m.remove(offset, offset + bytes.length);
    },
  }),
  packed('frame-and-entry-missing', {
    what: 'The frame of the pages is neither there nor in the seek table.',
    why: 'What comes out is shorter than the file that was packed, which the lead tells.',
    clauses: ['PACK-10'],
    outcome: 'rejected',
    mutate: (m) => m.removeFrame(PAGES),
  }),
  packed('frame-twice', {
    what: 'The frame of the pages is there twice, and in the seek table too.',
    why: 'What comes out is longer than the file that was packed, which the lead tells.',
    clauses: ['PACK-10'],
    outcome: 'rejected',
    mutate: (m) => {
      const { bytes, contents, checksum } = m.frame(PAGES);
      m.addFrame(PAGES, bytes, contents.length, checksum);
    },
  }),
  packed('frames-overlap', {
    what: 'The entry of the zeros is four bytes longer, and that of the pages four bytes shorter.',
    why: 'The sums are right; the frames are cut at other places.',
    clauses: ['PACK-3'],
    outcome: 'rejected',
    mutate: (m) => {
      m.entry(ZEROS, 'packedBytes', m.frame(ZEROS).bytes.length + 4);
      m.entry(PAGES, 'packedBytes', m.frame(PAGES).bytes.length - 4);
    },
  }),
  packed('two-frames-in-one', {
    what: 'The entry of the pages is for that frame and the next one together, neither of which tells how long it is.',
    why: 'Decoders that take several frames at once give what was packed; the place of a part cannot be told.',
    clauses: ['PACK-2'],
    outcome: 'rejected',
    mutate: (m) => {
      m.removeFrame(TAIL);
      const parts = [m.frame(PAGES).contents, m.frame(TAIL).contents];
      const frames = parts.map((contents) => {
        const header = frameHeader({ window: WINDOW_MIB });
        return Buffer.concat([header, plainBlocks(contents), le(4, checksumOf(contents))]);
      });
      const contentBytes = parts.reduce((sum, { length }) => sum + length, 0);
      const { checksum } = m.frame(TAIL);
      m.replaceFrame(PAGES, { bytes: Buffer.concat(frames), contentBytes, checksum });
    },
  }),
  packed('frames-exchanged', {
    what: 'The frames of the head and of the pages have changed places, with their lengths in the table.',
    why: 'Each is whole by itself. Only the checksums of the table tell.',
    clauses: ['PACK-3'],
    outcome: 'rejected',
    mutate: (m) => {
      const [head, pages] = [m.frame(HEAD), m.frame(PAGES)];
      m.replaceFrame(PAGES, { bytes: head.bytes });
      m.replaceFrame(HEAD, { bytes: pages.bytes });
    },
  }),
  packed('entry-checksum', {
    what: 'The checksum in the entry of the pages is another.',
    why: 'The frame is not the one that the table means.',
    clauses: ['PACK-3'],
    outcome: 'rejected',
    mutate: (m) => m.entry(PAGES, 'checksum', m.frame(PAGES).checksum ^ 1),
  }),
  packed('entry-contents-more', {
    what: 'The entry of the pages says 64 KiB more than are in the frame, that of the zeros 64 KiB less.',
    why: 'The sums are right; the pages would lie elsewhere.',
    clauses: ['PACK-4'],
    outcome: 'rejected',
    mutate: (m) => {
      m.entry(ZEROS, 'contentBytes', m.frame(ZEROS).contents.length - 65_536);
      m.entry(PAGES, 'contentBytes', m.frame(PAGES).contents.length + 65_536);
    },
  }),
  packed('entry-contents-4-gib', {
    what: 'The entry of the pages says that the frame holds 4 GiB less a byte, and there is no lead.',
    why: 'Nobody may reserve memory for what a table says.',
    clauses: ['PACK-4', 'PACK-8'],
    outcome: 'rejected',
    mutate: (m) => {
      m.entry(PAGES, 'contentBytes', 0xffffffff);
      m.removeFrame(LEAD);
    },
  }),
  packed('frame-longer-than-its-contents', {
    what: 'The frame of what is behind the pages has 500 blocks of no contents more.',
    why: 'A frame is at most as long as the bound of zstd for its contents.',
    clauses: ['PACK-8'],
    outcome: 'rejected',
    mutate: (m) => {
      const { bytes } = m.frame(TAIL);
      // Its magic number, descriptor and content size.
      const headerBytes = 7;
      const emptyBlocks = Buffer.alloc(500 * 3);
      m.replaceFrame(TAIL, {
        bytes: Buffer.concat([bytes.subarray(0, headerBytes), emptyBlocks, bytes.subarray(headerBytes)]),
      });
    },
  }),
];
