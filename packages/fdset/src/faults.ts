import type { DescriptorFacts } from './descriptor-facts.js';
import type { FdsetFinding, FdsetOutcome } from './finding.js';
import { type FdsetRole, type Wanted, wantedFlags, wantedInWords } from './wanted.js';

/** A set that was never made, or that is removed already, looks the same to QEMU. */
export function emptySet(): FdsetFinding {
  return {
    code: 'empty-set',
    outcome: 'refused',
    message: 'the set has no descriptor',
    qemuError: 'Failed to find fdset /dev/fdset/',
  };
}

export function noMatch(wanted: Wanted, descriptors: readonly DescriptorFacts[]): FdsetFinding {
  const words = wantedInWords(wanted);
  const nearMiss = descriptors.some(({ access }) => access === 'read-write')
    ? `; O_RDWR does not count as ${wanted.access === 'write' ? 'O_WRONLY' : 'O_RDONLY'}`
    : '';
  return {
    code: wanted.channel === 'main' ? 'no-main-descriptor' : 'no-multifd-descriptor',
    outcome: outcomeOfFailedOpen(wanted),
    channel: wanted.channel,
    message: `${channelWords(wanted)} finds no descriptor that is ${words}${nearMiss}${consequence(wanted)}`,
    help: `${helpAgainstDuplicates(descriptors)}add one that is ${words}${helpWithDirectIo(wanted, descriptors)}`,
    qemuError: `Failed to find file descriptor with matching flags=0x${wantedFlags(wanted).toString(16)}`,
  };
}

export function synchronous(wanted: Wanted, descriptorIndex: number): FdsetFinding {
  return {
    code: 'synchronous',
    outcome: outcomeOfFailedOpen(wanted),
    channel: wanted.channel,
    descriptorIndex,
    message: `${channelWords(wanted)} takes a descriptor with O_SYNC or O_DSYNC and fails to clear it${consequence(wanted)}`,
    help: 'open the file without O_SYNC and O_DSYNC',
    qemuError: 'Failed to dup() given file descriptor',
  };
}

export function pathOnly(descriptorIndex: number): FdsetFinding {
  return {
    code: 'path-only',
    outcome: 'refused',
    descriptorIndex,
    message:
      'a descriptor was opened with O_PATH: QEMU 11.1 closes the QMP connection over which it comes, and any QEMU takes it for O_RDONLY and cannot read it',
    help: 'open the file without O_PATH',
  };
}

export function notAFile(role: FdsetRole, descriptorIndex: number, byteOffset: number): FdsetFinding {
  return role === 'save'
    ? {
        code: 'not-a-file',
        outcome: 'refused',
        channel: 'main',
        descriptorIndex,
        message: 'QEMU truncates what it saves to, which only a regular file allows',
        qemuError: `failed to truncate migration file to offset ${byteOffset.toString(16)}`,
      }
    : {
        code: 'not-a-file',
        outcome: 'refused',
        channel: 'main',
        descriptorIndex,
        message:
          'QEMU reads at offsets, which takes a regular file or a block device; an empty pipe makes it wait forever',
      };
}

export function notAtStart(role: FdsetRole, descriptorIndex: number, position: number): FdsetFinding {
  const what =
    role === 'save'
      ? `the stream will begin at byte ${position}, behind zeros, and what is before it now is lost`
      : `QEMU will look for the stream at byte ${position}`;
  return {
    code: 'not-at-start',
    outcome: 'misplaced',
    channel: 'main',
    descriptorIndex,
    message: `the position is not the start of the file, and without an offset QEMU does not seek: ${what}`,
    help: 'seek to 0, or give the offset in the URI',
  };
}

export function differentFiles(role: FdsetRole, mainIndex: number, descriptorIndex: number): FdsetFinding {
  return {
    code: 'different-files',
    outcome: 'misplaced',
    channel: 'multifd',
    descriptorIndex,
    message:
      role === 'save'
        ? `the pages go to another file than the stream of descriptor ${mainIndex}; QEMU says that it completed, and neither file is a snapshot`
        : `the pages come from another file than the stream of descriptor ${mainIndex}; QEMU loads wrong memory without an error`,
    help: 'open one file twice',
  };
}

export function directIoIgnored(): FdsetFinding {
  return {
    code: 'direct-io-ignored',
    outcome: 'works',
    message: 'direct I/O is only for the multifd channels; without multifd QEMU ignores it',
  };
}

export function flagsChanged(descriptorIndex: number): FdsetFinding {
  return {
    code: 'flags-changed',
    outcome: 'works',
    descriptorIndex,
    message:
      'QEMU sets the flags of the open file anew: O_APPEND and O_NONBLOCK change for everyone who shares it',
  };
}

export function unused(descriptorIndex: number): FdsetFinding {
  return { code: 'unused', outcome: 'works', descriptorIndex, message: 'QEMU does not take this descriptor' };
}

/** While saving, multifd comes up in the middle of things, and QEMU does not survive that one of its channels fails to open. */
function outcomeOfFailedOpen({ role, channel }: Wanted): FdsetOutcome {
  return role === 'save' && channel === 'multifd' ? 'crashes' : 'refused';
}

function consequence(wanted: Wanted): string {
  return outcomeOfFailedOpen(wanted) === 'crashes' ? ': QEMU dies, and the guest with it' : '';
}

function channelWords({ channel }: Wanted): string {
  return channel === 'main' ? 'the main channel' : 'multifd';
}

function helpAgainstDuplicates(descriptors: readonly DescriptorFacts[]): string {
  const duplicate = descriptors.findIndex(({ duplicateOf }) => duplicateOf !== undefined);
  if (duplicate === -1) return '';
  return `descriptor ${duplicate} is a duplicate of ${descriptors[duplicate]?.duplicateOf} and has its flags: open the file a second time; `;
}

function helpWithDirectIo({ direct }: Wanted, descriptors: readonly DescriptorFacts[]): string {
  if (!direct) return '';
  const impossible = descriptors.some(({ takesDirectIo }) => takesDirectIo === false);
  return impossible
    ? ', which the file system of this file does not allow: switch direct-io off'
    : ' (a second open of the file, not a duplicate), or switch direct-io off';
}
