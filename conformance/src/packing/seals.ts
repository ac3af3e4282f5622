import { packed } from './define.js';
import { plainFrame } from './zstd-frame.js';

const MIB = 1024 * 1024;

/** The frame of the pages, in a file with a lead. */
const PAGES = 3;

/** Seals in packed files. To unpack a file, nobody has to look at its seal. */
export const sealVectors = [
  packed('sealed', {
    what: 'A packed file with a seal.',
    why: 'The seal is a skippable frame: zstd -d passes over it.',
    clauses: ['SEAL-2', 'SEAL-3', 'SEAL-6'],
    base: 'sealed.zst',
    outcome: 'accepted',
    rules: ['sealed'],
    mutate: () => {},
  }),
  packed('changed-since-sealed', {
    what: 'A byte of a page was changed, and the file packed anew, with the seal that it had before.',
    why: 'All checksums fit. The seal alone tells, and names the page.',
    clauses: ['SEAL-1', 'SEAL-6'],
    base: 'sealed.zst',
    outcome: 'accepted',
    verdict: 'wrong-memory',
    rules: ['changed-since-sealed'],
    mutate(m) {
      m.packed.patch(MIB + 4096 + 17, Uint8Array.of(0xa5));
      const bytes = plainFrame(m.packed.bytes(MIB, 65_536));
      m.replaceFrame(PAGES, { bytes, checksum: bytes.readUInt32LE(bytes.length - 4) });
    },
  }),
  packed('seal-digest', {
    what: 'The digest in the seal is another, by a bit.',
    why: 'The hashes of the blocks do not add up to it: it is the seal that is damaged, or forged.',
    clauses: ['SEAL-5'],
    base: 'sealed.zst',
    outcome: 'accepted',
    rules: ['sealed'],
    mutate(m) {
      const { offset, bytes } = m.frame(-1);
      m.u8(offset + 8 + 16, (bytes[8 + 16] as number) ^ 1);
    },
  }),
];
