import { vector } from '../builder/define.js';
import { counted } from '../builder/mutation.js';

/** Devices that answer to their I/O port too, of which the first instance of each is taken. */
const devicesWithPorts = [
  ['fdc', 0x3f0],
  ['i8254', 0x40],
  ['i8259', 0x20],
] as const;

/** Which sections there are, and in which order. */
export const sectionVectors = [
  ...devicesWithPorts.map(([idstr, port]) =>
    vector(`sections/instance-io-port-${idstr}`, {
      what: `The instance id of ${idstr} is its I/O port, 0x${port.toString(16)}.`,
      why: 'Older versions of QEMU numbered a few devices so, and they answer to that still.',
      clauses: ['SECTION-5'],
      base: 'qemu-10.0/pc',
      stage: 'section',
      outcome: 'accepted',
      rules: ['section-undescribed'],
      mutate: (m) => m.u32(m.device(idstr).instanceIdOffset, port),
    }),
  ),
  vector('sections/type-unknown', {
    what: 'A section has the type 0x63.',
    why: 'Nothing says how long an unknown section is.',
    clauses: ['SECTION-1'],
    stage: 'section',
    outcome: 'rejected',
    rules: ['section-type-unknown'],
    mutate: (m) => m.u8(m.ramPart().typeOffset, 0x63),
  }),
  vector('sections/part-of-unknown-id', {
    what: 'A PART has the id 99, which no section started.',
    why: 'PART and END say no name: an id that was never started is nothing.',
    clauses: ['SECTION-4'],
    stage: 'section',
    outcome: 'rejected',
    rules: ['section-id-unknown'],
    mutate: (m) => {
      m.u32(m.ramPart().idOffset, 99);
      m.u32(m.ramPart().footerOffset + 1, 99);
    },
  }),
  vector('sections/part-removed', {
    what: 'The PART of ram is left out.',
    why: 'Pages do not lie in PARTs: nothing is lost.',
    clauses: ['SECTION-7', 'RAM-5'],
    stage: 'section',
    outcome: 'accepted',
    rules: ['ram-part-missing'],
    mutate: (m) => m.remove(m.ramPart().typeOffset, m.ramPart().end),
  }),
  vector('sections/part-twice', {
    what: 'The PART of ram is there twice.',
    why: 'There may be any number of them.',
    clauses: ['SECTION-7'],
    stage: 'section',
    outcome: 'accepted',
    mutate: (m) => {
      const { typeOffset, end } = m.ramPart();
      m.insert(end, m.original(typeOffset, end - typeOffset));
    },
  }),
  vector('sections/end-removed', {
    what: 'The END of ram is left out.',
    why: 'The mark of a save that did not finish ram; QEMU does not notice.',
    clauses: ['SECTION-7', 'COMPLETE-1'],
    stage: 'section',
    outcome: 'accepted',
    rules: ['ram-end-missing'],
    mutate: (m) => m.remove(m.ramEnd.typeOffset, m.ramEnd.end),
  }),
  vector('sections/end-twice', {
    what: 'The END of ram is there twice.',
    why: 'QEMU does not mind; a writer that does so is confused.',
    clauses: ['SECTION-7'],
    stage: 'section',
    outcome: 'accepted',
    rules: ['ram-section-order'],
    mutate: (m) => {
      const { typeOffset, end } = m.ramEnd;
      m.insert(end, m.original(typeOffset, end - typeOffset));
    },
  }),
  vector('sections/start-removed', {
    what: 'START of ram is left out, with the memory that follows its header.',
    why: 'PART and END continue something that was never started.',
    clauses: ['SECTION-4', 'RAM-4'],
    stage: 'section',
    outcome: 'rejected',
    rules: ['section-id-unknown'],
    mutate: (m) => m.remove(m.ramStart.typeOffset, m.ramStart.end),
  }),
  vector('sections/ram-removed', {
    what: 'Every section of ram is left out.',
    why: 'A stream without memory is a stream: QEMU completes with what the destination’s memory happens to hold.',
    clauses: ['SECTION-7', 'RAM-1'],
    stage: 'section',
    outcome: 'hazard',
    rules: ['ram-section-missing'],
    mutate: (m) => {
      m.remove(m.ramEnd.typeOffset, m.ramEnd.end);
      m.remove(m.ramStart.typeOffset, m.ramPart().end);
    },
  }),
  vector('sections/start-twice', {
    what: 'The START of ram has the id of the section that follows it as FULL.',
    why: 'Two sections share an id: a PART of it could mean either.',
    clauses: ['SECTION-9'],
    stage: 'section',
    outcome: 'accepted',
    readersMayReject: true,
    rules: ['section-id-duplicate'],
    mutate: (m) => {
      m.u32(m.firstDevice.idOffset, m.ramStart.sectionId);
      m.u32(m.firstDevice.footerOffset + 1, m.ramStart.sectionId);
    },
  }),
  vector('sections/ram-version-5', {
    what: 'The ram section has version 5.',
    why: 'A newer version must not be read as if it were known.',
    clauses: ['RAM-3', 'SECTION-5'],
    stage: 'section',
    outcome: 'rejected',
    rules: ['ram-version'],
    mutate: (m) => m.u32(m.ramStart.versionIdOffset, 5),
  }),
  vector('sections/ram-version-3', {
    what: 'The ram section has version 3.',
    why: 'An older version, which QEMU lets in and then cannot load.',
    clauses: ['RAM-3'],
    stage: 'section',
    outcome: 'rejected',
    rules: ['ram-version'],
    mutate: (m) => m.u32(m.ramStart.versionIdOffset, 3),
  }),
  vector('sections/ram-renamed', {
    what: 'The ram section is called rom.',
    why: 'A destination has no state of this name; a reader sees a stream without memory.',
    clauses: ['RAM-1', 'SECTION-5'],
    stage: 'section',
    outcome: 'rejected',
    needsDestination: 'which states the destination has is not in the file',
    rules: ['ram-section-missing'],
    mutate: (m) => m.bytes(m.ramStart.idstrOffset + 1, 'rom'),
  }),
  vector('sections/ram-instance', {
    what: 'The ram section has instance id 1.',
    why: 'There is one ram, with instance id 0.',
    clauses: ['SECTION-5'],
    stage: 'section',
    outcome: 'rejected',
    rules: ['ram-instance'],
    mutate: (m) => m.u32(m.ramStart.instanceIdOffset, 1),
  }),
  vector('sections/ram-instance-any', {
    what: 'The ram section has instance id 0xffffffff.',
    why: 'Most devices answer to it; ram does not.',
    clauses: ['RAM-3', 'SECTION-5'],
    stage: 'section',
    outcome: 'rejected',
    rules: ['ram-instance'],
    mutate: (m) => m.u32(m.ramStart.instanceIdOffset, 0xffffffff),
  }),
  vector('sections/ram-as-full', {
    what: 'The first section of ram is of the type FULL.',
    why: 'QEMU reads START and FULL alike, and its PART and END belong to either.',
    clauses: ['SECTION-1', 'SECTION-4'],
    stage: 'section',
    outcome: 'accepted',
    readersMayReject: true,
    mutate: (m) => m.bytes(m.ramStart.typeOffset, Uint8Array.of(0x04)),
  }),
  vector('sections/device-unknown', {
    what: 'A device state has another name than the vmdescription says.',
    why: 'The destination has no such device, and the vmdescription tells that the source had none either.',
    clauses: ['SECTION-5', 'VMDESC-5'],
    stage: 'section',
    outcome: 'rejected',
    rules: ['section-undescribed'],
    mutate: (m) => m.bytes(m.firstDevice.idstrOffset + 1, 'x'),
  }),
  vector('sections/name-empty', {
    what: 'A device state has an empty name.',
    why: 'No state is called so: this can be told from the file alone.',
    clauses: ['SECTION-2', 'SECTION-5'],
    stage: 'section',
    outcome: 'rejected',
    rules: ['section-undescribed'],
    mutate: (m) => {
      const { idstrOffset, instanceIdOffset } = m.firstDevice;
      m.remove(idstrOffset, instanceIdOffset);
      m.insert(idstrOffset, counted(''));
    },
  }),
  vector('sections/name-control-character', {
    what: 'The name of a device state has a control character in it.',
    why: 'No state is called so, and a terminal must not see it as it is.',
    clauses: ['SECTION-2', 'SECTION-5'],
    base: 'qemu-10.0/no-vmdesc',
    stage: 'section',
    outcome: 'rejected',
    rules: ['section-name'],
    mutate: (m) => m.u8(m.firstDevice.idstrOffset + 1, 0x1b),
  }),
  vector('sections/name-nul', {
    what: 'The name of a device state is followed by a NUL and more bytes that its length counts.',
    why: 'QEMU compares up to the NUL and finds the device.',
    clauses: ['SECTION-2', 'SECTION-5'],
    stage: 'section',
    outcome: 'accepted',
    mutate: (m) => {
      const { idstrOffset, instanceIdOffset } = m.firstDevice;
      const name = Buffer.from(m.original(idstrOffset + 1, instanceIdOffset - idstrOffset - 1));
      m.remove(idstrOffset, instanceIdOffset);
      m.insert(idstrOffset, counted(`${name.toString('latin1')}\0more`));
    },
  }),
  vector('sections/device-version', {
    what: 'A device state has version 99.',
    why: 'A version above the destination’s own is refused, and the vmdescription tells another one.',
    clauses: ['SECTION-5', 'VMDESC-5'],
    stage: 'section',
    outcome: 'rejected',
    rules: ['section-undescribed'],
    mutate: (m) => m.u32(m.firstDevice.versionIdOffset, 99),
  }),
  vector('sections/device-removed', {
    what: 'A device state is left out, while the vmdescription still lists it.',
    why: 'QEMU does not notice: the device keeps the state that it started with.',
    clauses: ['VMDESC-3', 'VMDESC-5'],
    stage: 'vmdescription',
    outcome: 'accepted',
    rules: ['vmdescription-mismatch'],
    mutate: (m) => m.remove(m.firstDevice.typeOffset, m.firstDevice.end),
  }),
  vector('sections/device-version-lower', {
    what: 'A device state has version 1, and was saved as version 2.',
    why: 'The destination reads it as an older state, whose end is elsewhere.',
    clauses: ['SECTION-5'],
    base: 'qemu-10.0/none',
    stage: 'section',
    outcome: 'rejected',
    rules: ['section-undescribed'],
    mutate: (m) => m.u32(m.firstDevice.versionIdOffset, 1),
  }),
];
