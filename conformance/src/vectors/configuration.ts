import { vector } from '../builder/define.js';
import { be, concat, counted, type Mutation } from '../builder/mutation.js';
import { insertBeforeBitmap, removeBeforeBitmap, replaceBeforeBitmap } from '../builder/relay.js';

/** A subsection of version 1. */
function subsection(name: string, body: Uint8Array): Uint8Array {
  return concat(Uint8Array.of(0x05), counted(name), be(4, 1), body);
}

function targetPageBits(bits: number): Uint8Array {
  return subsection('configuration/target-page-bits', be(4, bits));
}

function nameMachine(m: Mutation, name: string): void {
  const { machineLengthOffset, machineOffset, machine } = m.configuration;
  const named = concat(be(4, name.length), name);
  replaceBeforeBitmap(m, machineLengthOffset, machineOffset + machine.length, named);
}

/** The configuration section: machine type and capabilities. */
export const configurationVectors = [
  vector('configuration/missing', {
    what: 'The configuration section is left out.',
    why: 'Old machine types leave it out; a destination that expects it refuses, and only the destination knows.',
    clauses: ['CONFIG-1', 'CONFIG-10'],
    stage: 'configuration',
    outcome: 'rejected',
    rules: ['configuration-missing', 'devices-not-checked'],
    needsDestination:
      'whether the configuration section is expected is a property of the destination’s machine type',
    mutate: (m) => removeBeforeBitmap(m, m.configuration.typeOffset, m.configuration.end),
  }),
  vector('configuration/twice', {
    what: 'The configuration section is there twice.',
    why: 'The second one begins with a type byte that no record has.',
    clauses: ['CONFIG-1', 'SECTION-1'],
    stage: 'section',
    outcome: 'rejected',
    rules: ['section-type-unknown'],
    mutate: (m) => {
      const { typeOffset, end } = m.configuration;
      insertBeforeBitmap(m, end, m.original(typeOffset, end - typeOffset));
    },
  }),
  vector('configuration/machine-other', {
    what: 'The machine type is another than the destination’s.',
    why: 'The most common reason for a refusal, and invisible in the file alone.',
    clauses: ['CONFIG-8'],
    stage: 'configuration',
    outcome: 'rejected',
    needsDestination: 'the destination’s machine type is not in the file',
    mutate: (m) => m.bytes(m.configuration.machineOffset, 'nine'),
  }),
  vector('configuration/machine-empty', {
    what: 'The machine type is an empty string.',
    why: 'QEMU compares as many characters as there are: none.',
    clauses: ['CONFIG-2', 'CONFIG-8'],
    stage: 'configuration',
    outcome: 'accepted',
    rules: ['machine-type'],
    mutate: (m) => {
      const { machineLengthOffset, machineOffset, machine } = m.configuration;
      replaceBeforeBitmap(m, machineLengthOffset, machineOffset + machine.length, be(4, 0));
    },
  }),
  vector('configuration/machine-prefix', {
    what: 'The machine type is the beginning of the destination’s.',
    why: 'QEMU compares as many characters as there are.',
    clauses: ['CONFIG-2', 'CONFIG-8'],
    stage: 'configuration',
    outcome: 'accepted',
    needsDestination: 'the destination’s machine type is not in the file',
    mutate: (m) => {
      const { machineLengthOffset, machineOffset, machine } = m.configuration;
      replaceBeforeBitmap(m, machineLengthOffset, machineOffset + machine.length, concat(be(4, 2), 'no'));
    },
  }),
  vector('configuration/machine-unprintable', {
    what: 'The machine type has a control character in it.',
    why: 'No machine type is called so, and a terminal must not see it as it is.',
    clauses: ['CONFIG-2', 'CONFIG-8'],
    stage: 'configuration',
    outcome: 'rejected',
    rules: ['machine-type'],
    mutate: (m) => m.u8(m.configuration.machineOffset + 1, 0x1b),
  }),
  vector('configuration/machine-options', {
    what: 'The machine type is none,dumpdtb=x: options of QEMU behind a name.',
    why: 'A program that puts the name on QEMU’s command line as it is has QEMU write that file.',
    clauses: ['CONFIG-2', 'CONFIG-8'],
    stage: 'configuration',
    outcome: 'rejected',
    rules: ['machine-type'],
    mutate: (m) => nameMachine(m, 'none,dumpdtb=x'),
  }),
  vector('configuration/machine-options-behind-nul', {
    what: 'The machine type is none, a NUL, and options of QEMU behind it.',
    why: 'QEMU compares up to the NUL and restores it; a program that passes the name on must not.',
    clauses: ['CONFIG-2', 'CONFIG-8'],
    stage: 'configuration',
    outcome: 'accepted',
    rules: ['machine-type'],
    mutate: (m) => nameMachine(m, 'none\0,dumpdtb=x'),
  }),
  vector('configuration/machine-length-huge', {
    what: 'The length of the machine type is 2 GiB - 1.',
    why: 'A reader must hold a length against a limit before it allocates.',
    clauses: ['CONFIG-2'],
    stage: 'configuration',
    outcome: 'rejected',
    rules: ['limit-exceeded'],
    mutate: (m) => m.u32(m.configuration.machineLengthOffset, 0x7fffffff),
  }),
  vector('configuration/machine-length-negative', {
    what: 'The length of the machine type is 2^31.',
    why: 'Negative, where a reader takes it for a signed number: QEMU 10.0 asks for nearly all of the address space.',
    clauses: ['CONFIG-2'],
    stage: 'configuration',
    outcome: 'hazard',
    rules: ['limit-exceeded'],
    mutate: (m) => m.u32(m.configuration.machineLengthOffset, 0x80000000),
  }),
  vector('configuration/subsection-name-nul', {
    what: 'The name of the subsection configuration/capabilities has a NUL at its end, which its length counts.',
    why: 'QEMU takes names up to a NUL, and knows the subsection.',
    clauses: ['CONFIG-4'],
    stage: 'configuration',
    outcome: 'accepted',
    mutate: (m) => {
      const { capabilitiesOffset, capabilityCountOffset } = m.configuration;
      const name = 'configuration/capabilities\0';
      const version = concat(be(4, 1));
      replaceBeforeBitmap(
        m,
        capabilitiesOffset + 1,
        capabilityCountOffset,
        concat(be(1, name.length), name, version),
      );
    },
  }),
  vector('configuration/capabilities-missing', {
    what: 'The list of capabilities is left out.',
    why: 'A stream that does not say mapped-ram is refused by a QEMU that expects it.',
    clauses: ['CONFIG-5', 'CONFIG-9'],
    stage: 'configuration',
    outcome: 'rejected',
    rules: ['not-mapped-ram'],
    mutate: (m) => removeBeforeBitmap(m, m.configuration.capabilitiesOffset, m.configuration.end),
  }),
  vector('configuration/capabilities-empty', {
    what: 'The list of capabilities is there and empty.',
    why: 'Another way not to say mapped-ram.',
    clauses: ['CONFIG-5', 'CONFIG-9'],
    stage: 'configuration',
    outcome: 'rejected',
    rules: ['not-mapped-ram'],
    mutate: (m) => {
      const { capabilityCountOffset, end } = m.configuration;
      replaceBeforeBitmap(m, capabilityCountOffset, end, be(4, 0));
    },
  }),
  vector('configuration/capability-unknown', {
    what: 'The list has a capability that no QEMU knows, beside mapped-ram.',
    why: 'QEMU refuses a name that it does not know.',
    clauses: ['CONFIG-9'],
    stage: 'configuration',
    outcome: 'rejected',
    rules: ['capability-unknown'],
    mutate: (m) => {
      const { capabilityCountOffset, end } = m.configuration;
      const list = concat(be(4, 2), counted('mapped-ram'), counted('frobnicate'));
      replaceBeforeBitmap(m, capabilityCountOffset, end, list);
    },
  }),
  vector('configuration/capability-renamed', {
    what: 'The capability mapped-ram is written mapped-rom.',
    why: 'One flipped byte in the list.',
    clauses: ['CONFIG-9'],
    stage: 'configuration',
    outcome: 'rejected',
    rules: ['capability-unknown'],
    mutate: (m) => m.bytes(m.configuration.firstCapabilityOffset + 1, 'mapped-rom'),
  }),
  vector('configuration/capability-name-nul', {
    what: 'The name of the capability mapped-ram has a NUL at its end, which its length counts.',
    why: 'QEMU takes names up to a NUL, and knows the capability.',
    clauses: ['CONFIG-5'],
    stage: 'configuration',
    outcome: 'accepted',
    readersMayReject: true,
    mutate: (m) => {
      const { capabilityCountOffset, end } = m.configuration;
      replaceBeforeBitmap(m, capabilityCountOffset, end, concat(be(4, 1), counted('mapped-ram\0')));
    },
  }),
  vector('configuration/capabilities-then-none', {
    what: 'The list of capabilities comes a second time, and is empty then.',
    why: 'QEMU reads the second list in place of the first.',
    clauses: ['CONFIG-3', 'CONFIG-9'],
    stage: 'configuration',
    outcome: 'rejected',
    rules: ['not-mapped-ram'],
    mutate: (m) => {
      const { capabilitiesOffset, capabilityCountOffset, end } = m.configuration;
      const head = m.original(capabilitiesOffset, capabilityCountOffset - capabilitiesOffset);
      insertBeforeBitmap(m, end, concat(head, be(4, 0)));
    },
  }),
  vector('configuration/capability-twice', {
    what: 'The capability mapped-ram is listed twice.',
    why: 'The list is a set: saying it again changes nothing.',
    clauses: ['CONFIG-5'],
    stage: 'configuration',
    outcome: 'accepted',
    rules: ['capability-unusual'],
    mutate: (m) => {
      const { capabilityCountOffset, end } = m.configuration;
      const list = concat(be(4, 2), counted('mapped-ram'), counted('mapped-ram'));
      replaceBeforeBitmap(m, capabilityCountOffset, end, list);
    },
  }),
  vector('configuration/capability-unchecked', {
    what: 'The list has a capability that QEMU knows and never lists (xbzrle), beside mapped-ram.',
    why: 'The destination takes the names that it knows and compares only those that it checks.',
    clauses: ['CONFIG-5', 'CONFIG-9'],
    stage: 'configuration',
    outcome: 'accepted',
    rules: ['capability-unusual'],
    mutate: (m) => {
      const { capabilityCountOffset, end } = m.configuration;
      const list = concat(be(4, 2), counted('mapped-ram'), counted('xbzrle'));
      replaceBeforeBitmap(m, capabilityCountOffset, end, list);
    },
  }),
  vector('configuration/capability-ignore-shared', {
    what: 'The list says x-ignore-shared as well, but the block table has no guest-physical addresses.',
    why: 'The capability changes how a block’s entry is read, and the destination has to have it on too.',
    clauses: ['CONFIG-9', 'SHARED-1'],
    stage: 'configuration',
    outcome: 'rejected',
    needsDestination: 'whether x-ignore-shared is on at the destination is not in the file',
    rules: ['ignore-shared', 'value-too-large'],
    mutate: (m) => {
      const { capabilityCountOffset, end } = m.configuration;
      const list = concat(be(4, 2), counted('mapped-ram'), counted('x-ignore-shared'));
      replaceBeforeBitmap(m, capabilityCountOffset, end, list);
    },
  }),
  vector('configuration/capability-count-huge', {
    what: 'The number of capabilities is 2^32 - 1.',
    why: 'A reader must hold a count against a limit before it allocates or loops. To QEMU 10.0 it is negative.',
    clauses: ['CONFIG-5'],
    stage: 'configuration',
    outcome: 'hazard',
    rules: ['limit-exceeded'],
    mutate: (m) => m.u32(m.configuration.capabilityCountOffset, 0xffffffff),
  }),
  vector('configuration/target-page-bits', {
    what: 'A subsection says that pages have 2^12 bytes, as they have.',
    why: 'Only some targets write it; all read it.',
    clauses: ['CONFIG-7'],
    stage: 'configuration',
    outcome: 'accepted',
    mutate: (m) => insertBeforeBitmap(m, m.configuration.end, targetPageBits(12)),
  }),
  vector('configuration/target-page-bits-wrong', {
    what: 'A subsection says that pages have 2^13 bytes, while the headers say 2^12.',
    why: 'QEMU compares it with its own page size.',
    clauses: ['CONFIG-7', 'PLATFORM-1'],
    stage: 'configuration',
    outcome: 'rejected',
    rules: ['target-page-bits'],
    mutate: (m) => insertBeforeBitmap(m, m.configuration.end, targetPageBits(13)),
  }),
  vector('configuration/uuid', {
    what: 'A subsection has a UUID, while the destination has none.',
    why: 'QEMU warns and goes on.',
    clauses: ['CONFIG-6'],
    stage: 'configuration',
    outcome: 'accepted',
    mutate: (m) =>
      insertBeforeBitmap(
        m,
        m.configuration.end,
        subsection('configuration/uuid', new Uint8Array(16).fill(0x5a)),
      ),
  }),
  vector('configuration/subsection-unknown', {
    what: 'The subsection configuration/capabilities is written configuration/capabilitiez.',
    why: 'A subsection has no length: one that is not known cannot be jumped over.',
    clauses: ['CONFIG-4'],
    stage: 'configuration',
    outcome: 'rejected',
    rules: ['configuration-malformed'],
    mutate: (m) => m.bytes(m.configuration.capabilitiesOffset + 2, 'configuration/capabilitiez'),
  }),
  vector('configuration/subsection-version-high-bytes', {
    what: 'The subsection configuration/capabilities has version 0x6c0001.',
    why: 'QEMU keeps the lowest byte of a subsection’s version, which is 1.',
    clauses: ['CONFIG-4'],
    stage: 'configuration',
    outcome: 'accepted',
    rules: ['configuration-malformed'],
    mutate: (m) => m.u32(m.configuration.capabilityCountOffset - 4, 0x6c0001),
  }),
  vector('configuration/subsection-version', {
    what: 'The subsection configuration/capabilities has version 2.',
    why: 'A newer version of a subsection may have another body.',
    clauses: ['CONFIG-4'],
    stage: 'configuration',
    outcome: 'rejected',
    rules: ['configuration-malformed'],
    mutate: (m) => m.u32(m.configuration.capabilityCountOffset - 4, 2),
  }),
  vector('configuration/subsection-version-0', {
    what: 'The subsection configuration/capabilities has version 0.',
    why: 'There was never a version below 1.',
    clauses: ['CONFIG-4'],
    stage: 'configuration',
    outcome: 'rejected',
    rules: ['configuration-malformed'],
    mutate: (m) => m.u32(m.configuration.capabilityCountOffset - 4, 0),
  }),
  vector('configuration/subsection-twice', {
    what: 'The subsection configuration/capabilities is there twice.',
    why: 'QEMU takes the second as it took the first.',
    clauses: ['CONFIG-3'],
    stage: 'configuration',
    outcome: 'accepted',
    readersMayReject: true,
    mutate: (m) => {
      const { capabilitiesOffset, end } = m.configuration;
      insertBeforeBitmap(m, end, m.original(capabilitiesOffset, end - capabilitiesOffset));
    },
  }),
  vector('configuration/capability-count-negative', {
    what: 'The number of capabilities is 2^31.',
    why: 'The first that is negative to QEMU 10.0, which then allocates nearly all of the address space.',
    clauses: ['CONFIG-5'],
    base: 'qemu-10.0/none',
    stage: 'configuration',
    outcome: 'hazard',
    rules: ['limit-exceeded'],
    mutate: (m) => m.u32(m.configuration.capabilityCountOffset, 0x80000000),
  }),
  vector('configuration/capability-count-large', {
    what: 'The number of capabilities is 2^31 - 1.',
    why: 'QEMU 10.0 gets the 8 GiB that it allocates, and stops at the next name.',
    clauses: ['CONFIG-5'],
    base: 'qemu-10.0/none',
    stage: 'configuration',
    outcome: 'rejected',
    rules: ['limit-exceeded'],
    mutate: (m) => m.u32(m.configuration.capabilityCountOffset, 0x7fffffff),
  }),
  vector('configuration/type-end-marker', {
    what: 'The type byte of the configuration section is 0x00, an end marker.',
    why: 'A stream of nothing; the destination misses the configuration section before it believes that.',
    clauses: ['CONFIG-1', 'END-1'],
    base: 'qemu-10.0/none',
    stage: 'configuration',
    outcome: 'rejected',
    rules: ['ram-section-missing'],
    mutate: (m) => m.u8(m.configuration.typeOffset, 0),
  }),
];
