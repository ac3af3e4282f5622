import { vector } from '../builder/define.js';
import type { Mutation } from '../builder/mutation.js';

/** Puts another character behind the first occurrence of a text in the JSON, or of that behind `from`. */
function changeCharacter(m: Mutation, before: string, character: string, from = ''): void {
  const { jsonOffset, lengthBytes } = m.vmdescription;
  const json = Buffer.from(m.original(jsonOffset, lengthBytes)).toString('latin1');
  const at = json.indexOf(before, json.indexOf(from));
  if (at < 0) throw new RangeError(`the vmdescription has no ${before}`);
  m.bytes(jsonOffset + at + before.length, character);
}

/** What follows the end marker. */
export const vmdescriptionVectors = [
  vector('vmdescription/absent', {
    what: 'There is no vmdescription.',
    why: 'Machines leave it out when they are told to: the device state cannot be walked then.',
    clauses: ['VMDESC-2', 'SECTION-6'],
    base: 'qemu-10.0/no-vmdesc',
    stage: 'vmdescription',
    outcome: 'accepted',
    rules: ['vmdescription-missing', 'device-state-not-checked'],
    mutate: () => {},
  }),
  vector('vmdescription/absent-state-like-end', {
    what: 'There is no vmdescription, and the timer’s state holds what could be its footer and the end marker.',
    why: 'Who searches for a state’s end must not take the first bytes that could be it: the states behind would be lost.',
    clauses: ['SECTION-6', 'END-2'],
    base: 'qemu-10.0/no-vmdesc',
    stage: 'vmdescription',
    outcome: 'accepted',
    rules: ['vmdescription-missing', 'device-state-not-checked'],
    mutate: (m) => {
      const { versionIdOffset, idOffset } = m.firstDevice;
      const bodyOffset = versionIdOffset + 4;
      // The time, of which any byte may be anything, and eight bytes that QEMU does not use.
      m.u8(bodyOffset + 7, 0x7e);
      m.bytes(bodyOffset + 8, m.original(idOffset, 4));
    },
  }),
  vector('vmdescription/length-too-large', {
    what: 'The vmdescription’s length is 1000 more than there is.',
    why: 'QEMU reads what there is and does not mind.',
    clauses: ['VMDESC-1', 'VMDESC-4'],
    stage: 'vmdescription',
    outcome: 'accepted',
    readersMayReject: true,
    rules: ['vmdescription-bad'],
    mutate: (m) => m.u32(m.vmdescription.lengthOffset, m.vmdescription.lengthBytes + 1000),
  }),
  vector('vmdescription/length-too-small', {
    what: 'The vmdescription’s length is 100 less than there is.',
    why: 'QEMU stops early and does not mind.',
    clauses: ['VMDESC-1', 'VMDESC-4'],
    stage: 'vmdescription',
    outcome: 'accepted',
    readersMayReject: true,
    rules: ['vmdescription-bad'],
    mutate: (m) => m.u32(m.vmdescription.lengthOffset, m.vmdescription.lengthBytes - 100),
  }),
  vector('vmdescription/length-huge', {
    what: 'The vmdescription’s length is 2^32 - 1.',
    why: 'A reader must hold a length against a limit before it allocates.',
    clauses: ['VMDESC-1', 'VMDESC-4'],
    stage: 'vmdescription',
    outcome: 'accepted',
    readersMayReject: true,
    rules: ['vmdescription-bad'],
    mutate: (m) => m.u32(m.vmdescription.lengthOffset, 0xffffffff),
  }),
  vector('vmdescription/garbage', {
    what: 'The vmdescription is no JSON.',
    why: 'QEMU does not read it; who does must live without it.',
    clauses: ['VMDESC-3', 'VMDESC-4'],
    stage: 'vmdescription',
    outcome: 'accepted',
    readersMayReject: true,
    rules: ['vmdescription-bad'],
    mutate: (m) => m.bytes(m.vmdescription.jsonOffset, '}}}}'),
  }),
  vector('vmdescription/type-wrong', {
    what: 'The vmdescription begins with 0x63 instead of 0x06.',
    why: 'Then it is only bytes after the end of the stream.',
    clauses: ['VMDESC-1', 'END-2', 'END-3'],
    stage: 'vmdescription',
    outcome: 'accepted',
    rules: ['trailing-bytes'],
    mutate: (m) => m.u8(m.vmdescription.typeOffset, 0x63),
  }),
  vector('vmdescription/other-device', {
    what: 'The vmdescription names a device that is not in the stream.',
    why: 'A description that does not fit leads a reader astray.',
    clauses: ['VMDESC-3', 'VMDESC-5'],
    stage: 'vmdescription',
    outcome: 'accepted',
    rules: ['section-undescribed', 'vmdescription-mismatch'],
    mutate: (m) => {
      const { jsonOffset, lengthBytes } = m.vmdescription;
      const json = Buffer.from(m.original(jsonOffset, lengthBytes)).toString('latin1');
      const devices = json.indexOf('"devices"');
      const name = json.indexOf('"name"', devices);
      m.bytes(jsonOffset + json.indexOf('"', name + 6) + 1, 'x');
    },
  }),
  vector('vmdescription/size-digit', {
    what: 'A digit of a size in the vmdescription is another one.',
    why: 'The device’s state does not fit its description then; but it is the description that is damaged, and QEMU does not read it.',
    clauses: ['VMDESC-4', 'VMDESC-5'],
    base: 'qemu-10.0/microvm',
    stage: 'vmdescription',
    outcome: 'accepted',
    readersMayReject: true,
    rules: ['vmdescription-bad', 'device-state-not-checked'],
    mutate: (m) => changeCharacter(m, '"cmos_data", "type": "buffer", "size": ', '3'),
  }),
  vector('vmdescription/member-name', {
    what: 'A member of the vmdescription has a name that QEMU does not write.',
    why: 'An array becomes a single value, and the device’s state does not fit.',
    clauses: ['VMDESC-4', 'VMDESC-5'],
    base: 'qemu-10.0/microvm',
    stage: 'vmdescription',
    outcome: 'accepted',
    readersMayReject: true,
    rules: ['vmdescription-bad', 'device-state-not-checked'],
    mutate: (m) => changeCharacter(m, '"arr', 'b'),
  }),
  vector('vmdescription/subsection-name', {
    what: 'A character of a subsection’s name in the vmdescription is another one.',
    why: 'No header of this name is in the stream; but QEMU compares the stream’s own.',
    clauses: ['VMDESC-4', 'VMDESC-5'],
    base: 'qemu-10.0/microvm',
    stage: 'vmdescription',
    outcome: 'accepted',
    readersMayReject: true,
    rules: ['vmdescription-bad', 'device-state-not-checked'],
    mutate: (m) => changeCharacter(m, '"subsections": [{"vmsd_name": "', 'q', '"devices"'),
  }),
  vector('vmdescription/trailing-bytes', {
    what: 'Bytes follow the stream.',
    why: 'Nothing reads them; a file of a device or a container often has some.',
    clauses: ['END-3'],
    stage: 'end',
    outcome: 'accepted',
    rules: ['trailing-bytes'],
    mutate: (m) => m.append('garbage after the end'),
  }),
];
