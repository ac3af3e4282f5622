import { vector } from '../builder/define.js';

const MICROVM = 'qemu-10.0/microvm';

/** The bodies of the FULL sections. */
export const deviceStateVectors = [
  vector('device-state/byte-inserted', {
    what: 'A device’s state is a byte longer than its description says.',
    why: 'The body has no length: the reader comes out of it a byte too early.',
    clauses: ['SECTION-6', 'VMDESC-6', 'FOOTER-3'],
    base: MICROVM,
    stage: 'device-state',
    outcome: 'rejected',
    rules: ['device-state-mismatch'],
    mutate: (m) => m.insert(m.device('ioapic').bodyEnd, Uint8Array.of(0)),
  }),
  vector('device-state/byte-removed', {
    what: 'A device’s state is a byte shorter than its description says.',
    why: 'The reader takes the footer’s first byte for the state’s last one.',
    clauses: ['SECTION-6', 'VMDESC-6', 'FOOTER-3'],
    base: MICROVM,
    stage: 'device-state',
    outcome: 'rejected',
    rules: ['device-state-mismatch'],
    mutate: (m) => m.remove(m.device('ioapic').bodyEnd - 1, m.device('ioapic').bodyEnd),
  }),
  vector('device-state/last-state-short', {
    what: 'Eight bytes of the last device’s state are missing.',
    why: 'Walked by the description, it ends behind the end marker.',
    clauses: ['SECTION-6', 'VMDESC-6', 'FOOTER-3'],
    stage: 'device-state',
    outcome: 'rejected',
    rules: ['device-state-mismatch'],
    mutate: (m) => m.remove(m.device('globalstate').bodyEnd - 8, m.device('globalstate').bodyEnd),
  }),
  vector('device-state/subsection-renamed', {
    what: 'A subsection of the CPU’s state has another name than the vmdescription says.',
    why: 'A subsection has no length either: an unknown one cannot be jumped over.',
    clauses: ['VMDESC-6', 'CONFIG-4'],
    base: MICROVM,
    stage: 'device-state',
    outcome: 'rejected',
    rules: ['device-state-mismatch'],
    mutate: (m) => m.bytes(m.find('cpu/', m.device('cpu').bodyOffset) + 4, 'zz'),
  }),
  vector('device-state/subsection-version-high-byte', {
    what: 'The highest byte of a subsection’s version is not zero.',
    why: 'QEMU reads four bytes and keeps the lowest one.',
    clauses: ['CONFIG-4', 'VMDESC-6'],
    base: MICROVM,
    stage: 'device-state',
    outcome: 'accepted',
    mutate: (m) => {
      const name = m.find('cpu/', m.device('cpu').bodyOffset);
      const [length = 0] = m.image.bytes(name - 1, 1);
      m.u8(name + length, 0x37);
    },
  }),
  vector('device-state/field-changed', {
    what: 'A field of a device’s state is changed.',
    why: 'No checksum protects it: it is restored as it lies there.',
    clauses: ['STREAM-5'],
    base: MICROVM,
    stage: 'device-state',
    outcome: 'accepted',
    mutate: (m) => m.u8(m.device('timer').bodyOffset + 3, 0x5a),
  }),
  vector('device-state/field-refused', {
    what: 'The run state in globalstate is one that QEMU does not have.',
    why: 'A device looks at what it loads, and may refuse it.',
    clauses: ['STREAM-5'],
    base: MICROVM,
    stage: 'device-state',
    outcome: 'rejected',
    needsDestination: 'what a device makes of its fields is known to its own code alone',
    mutate: (m) => m.bytes(m.device('globalstate').bodyOffset + 4, 'zz'),
  }),
  vector('device-state/field-aborts', {
    what: 'A size in the state of fw_cfg is larger than the memory region that gets it.',
    why: 'A device may be as unprepared for a value as the rest of QEMU, and end it.',
    clauses: ['STREAM-5'],
    base: 'qemu-10.0/microvm',
    stage: 'device-state',
    outcome: 'hazard',
    needsDestination: 'what a device makes of its fields is known to its own code alone',
    rules: [],
    mutate: (m) => m.apply([{ op: 'patch', offset: 7344318, hex: '6a' }]),
  }),
];
