import { packed } from './define.js';
import { changeLead, leadField, leadParts } from './lead-edits.js';
import { le } from './packed-mutation.js';

const GIB = 1024 ** 3;

/** The lead, which a reader goes by first. Its checksum fits, where nothing else is said. */
export const leadVectors = [
  packed('lead-head-flipped', {
    what: 'A bit of the offset of an extent in the lead is flipped.',
    why: 'A reader would take bytes of one place for those of another.',
    clauses: ['PACK-10'],
    outcome: 'rejected',
    mutate: (m) => {
      const at = leadField.extent(1, 'offset');
      m.u8(8 + at, (leadParts(m).head[at] as number) ^ 1);
    },
  }),
  packed('lead-held-flipped', {
    what: 'A bit of what the lead holds is flipped.',
    why: 'The headers and bitmaps would be others.',
    clauses: ['PACK-4', 'PACK-10'],
    outcome: 'rejected',
    mutate: (m) => {
      const { bytes } = m.frame(0);
      m.u8(bytes.length - 20, (bytes[bytes.length - 20] as number) ^ 1);
    },
  }),
  packed('lead-size', {
    what: 'The lead says that the file is a byte longer than the seek table says.',
    why: 'The two tell of different files.',
    clauses: ['PACK-10'],
    outcome: 'rejected',
    mutate: (m) =>
      changeLead(m, {
        head: (head) => head.writeUInt32LE(head.readUInt32LE(leadField.sizeBytes) + 1, leadField.sizeBytes),
      }),
  }),
  packed('lead-size-8-eib', {
    what: 'The lead says that the file is 2^63 bytes long.',
    why: 'The number fits into no float, and into no signed one.',
    clauses: ['PACK-10'],
    outcome: 'rejected',
    mutate: (m) => changeLead(m, { head: (head) => head.writeBigUInt64LE(2n ** 63n, leadField.sizeBytes) }),
  }),
  packed('lead-extent-outside', {
    what: 'The last extent of the lead reaches past the end of the file.',
    why: 'The sums are right.',
    clauses: ['PACK-10'],
    outcome: 'rejected',
    mutate: (m) =>
      changeLead(m, {
        head(head) {
          const at = leadField.extent(head.readUInt32LE(leadField.extentCount) - 1, 'offset');
          head.writeUInt32LE(head.readUInt32LE(at) + 1, at);
        },
      }),
  }),
  packed('lead-extents-exchanged', {
    what: 'The extents of the lead stand in another order.',
    why: 'Whoever looks one up expects them in ascending order.',
    clauses: ['PACK-10'],
    outcome: 'rejected',
    mutate: (m) =>
      changeLead(m, {
        head(head) {
          const [first, second] = [leadField.extent(0, 'offset'), leadField.extent(1, 'offset')];
          const before = Buffer.from(head);
          before.copy(head, first, second, second + 16);
          before.copy(head, second, first, first + 16);
        },
      }),
  }),
  packed('lead-extents-2-to-32', {
    what: 'The lead says that it has 2^32 - 1 extents.',
    why: 'They would take 64 GiB.',
    clauses: ['PACK-10'],
    outcome: 'rejected',
    mutate: (m) => m.u32(8 + leadField.extentCount, 0xffffffff),
  }),
  packed('lead-holds-3-gib', {
    what: 'The lead says that it holds 3 GiB.',
    why: 'Nobody may reserve memory for what a lead says.',
    clauses: ['PACK-10'],
    outcome: 'rejected',
    mutate: (m) =>
      changeLead(m, {
        head(head) {
          head.writeUInt32LE(3 * GIB, leadField.heldBytes);
          head.writeBigUInt64LE(BigInt(3 * GIB), leadField.extent(0, 'length'));
        },
      }),
  }),
  packed('lead-longer-than-the-file', {
    what: 'The skippable frame of the lead is 2 GiB long, by its header.',
    why: 'The file ends long before.',
    clauses: ['PACK-2', 'PACK-10'],
    outcome: 'rejected',
    mutate: (m) => m.bytes(4, le(4, 2 * GIB)),
  }),
  packed('lead-lies', {
    what: 'The lead holds a head with another magic number than the frames give; all checksums fit.',
    why: 'A linter that goes by the lead would judge another file than QEMU is given.',
    clauses: ['PACK-12'],
    outcome: 'rejected',
    mutate(m) {
      const { head } = leadParts(m);
      const held = Buffer.concat(
        Array.from({ length: head.readUInt32LE(leadField.extentCount) }, (_, index) => {
          const offset = Number(head.readBigUInt64LE(leadField.extent(index, 'offset')));
          const length = Number(head.readBigUInt64LE(leadField.extent(index, 'length')));
          return m.packed.bytes(offset, length);
        }),
      );
      held.writeUInt8(held.readUInt8(0) ^ 1, 0);
      changeLead(m, { held });
    },
  }),
];
