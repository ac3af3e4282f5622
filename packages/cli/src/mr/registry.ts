import type { CommandEntry } from '../shared/command.js';

/** All commands of `mr`, in the order of its help. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'info',
    summary: 'what is in a snapshot, and whether two fit the same machine',
    load: async () => (await import('./info/command.js')).infoCommand,
  },
  {
    name: 'devices',
    summary: 'the state of the devices, field by field, and the registers of the CPUs',
    load: async () => (await import('./devices/command.js')).devicesCommand,
  },
  {
    name: 'map',
    summary: 'a picture of where the pages of a snapshot lie',
    load: async () => (await import('./map/command.js')).mapCommand,
  },
  {
    name: 'diff',
    summary: 'in which pages and device fields two snapshots differ',
    load: async () => (await import('./diff/command.js')).diffCommand,
  },
  {
    name: 'extract',
    summary: 'take the memory out: a block, a range of addresses, an ELF core for gdb, crash or volatility',
    load: async () => (await import('./extract/command.js')).extractCommand,
  },
  {
    name: 'search',
    summary: 'find text, bytes or a regular expression in guest memory',
    load: async () => (await import('./search/command.js')).searchCommand,
  },
  {
    name: 'dmesg',
    summary: 'the log of a Linux guest’s kernel',
    load: async () => (await import('./dmesg/command.js')).dmesgCommand,
  },
  {
    name: 'ps',
    summary: 'the processes of a Linux guest',
    load: async () => (await import('./ps/command.js')).psCommand,
  },
  {
    name: 'symbols',
    summary: 'the symbols of a Linux guest’s kernel: a System.map, or a file for volatility3',
    load: async () => (await import('./symbols/command.js')).symbolsCommand,
  },
  {
    name: 'clone',
    summary: 'start VMs from a snapshot in milliseconds, by mapping its memory',
    load: async () => (await import('./clone/command.js')).cloneCommand,
  },
  {
    name: 'copy',
    summary: 'copy a snapshot by its bitmaps, keeping holes; also from and to a pipe',
    load: async () => (await import('./copy/command.js')).copyCommand,
  },
  {
    name: 'scrub',
    summary: 'turn what is not memory, stale bytes and stored zero pages, into holes',
    load: async () => (await import('./scrub/command.js')).scrubCommand,
  },
  {
    name: 'trim',
    summary: 'drop the pages that a Linux guest does not use',
    load: async () => (await import('./trim/command.js')).trimCommand,
  },
  {
    name: 'relocate',
    summary: 'move the stream to another offset: out of a container, or to make room for one',
    load: async () => (await import('./relocate/command.js')).relocateCommand,
  },
  {
    name: 'convert',
    summary: 'make a mapped-ram snapshot out of a classic migration stream, or the other way round',
    load: async () => (await import('./convert/command.js')).convertCommand,
  },
  {
    name: 'repair',
    summary: 'make a good snapshot out of a bad one, where everything that was saved is in it',
    load: async () => (await import('./repair/command.js')).repairCommand,
  },
  {
    name: 'fit',
    summary: 'does it restore in that machine, and which option mends it if not?',
    load: async () => (await import('./fit/command.js')).fitCommand,
  },
  {
    name: 'command',
    summary: 'the QEMU command line, or the libvirt domain, that a snapshot fits',
    load: async () => (await import('./command/command.js')).commandCommand,
  },
  {
    name: 'pack',
    summary: 'pack a snapshot, so that it is small and every command still reads it as it is',
    load: async () => (await import('./pack/command.js')).packCommand,
  },
  {
    name: 'unpack',
    summary: 'give the file back that was packed',
    load: async () => (await import('./unpack/command.js')).unpackCommand,
  },
  {
    name: 'seal',
    summary: 'take down the digest of a file, as fs-verity has it, and the hashes of its blocks; sign it',
    load: async () => (await import('./seal/command.js')).sealCommand,
  },
  {
    name: 'verify',
    summary: 'hold a file against its seal, and name the pages that changed',
    load: async () => (await import('./verify/command.js')).verifyCommand,
  },
  {
    name: 'delta',
    summary: 'write what is in a snapshot and not in another, by the page',
    load: async () => (await import('./delta/command.js')).deltaCommand,
  },
  {
    name: 'apply',
    summary: 'make a snapshot out of a base and differences',
    load: async () => (await import('./apply/command.js')).applyCommand,
  },
  {
    name: 'preflight',
    summary: 'what would make a save or a restore fail, or end QEMU, before it is asked',
    load: async () => (await import('./preflight/command.js')).preflightCommand,
  },
  {
    name: 'save',
    summary: 'have a running QEMU save its guest, without losing it',
    load: async () => (await import('./save/command.js')).saveCommand,
  },
  {
    name: 'restore',
    summary: 'have a QEMU restore a guest',
    load: async () => (await import('./restore/command.js')).restoreCommand,
  },
];
