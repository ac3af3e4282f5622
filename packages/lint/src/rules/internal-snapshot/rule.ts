import type { Rule } from '../../rule.js';

export const internalSnapshotRule: Rule = {
  id: 'internal-snapshot',
  title: 'A mapped-ram stream lies in a disk image',
  severity: 'note',
  needs: 'headers',
  aboutContainer: true,
  clauses: ['CONTAINER-9', 'CONTAINER-12'],
  description: `QEMU 10.2 and later put a mapped-ram stream into a qcow2 disk where \`snapshot-save\` is called with the capability on, and load
it from there. Older releases read the bitmap from another place and refuse it, though they load the same stream from a file of its own.

Where the guest is stopped when it is loaded (\`stop\`, \`-S\`), QEMU 11.1.3 puts no zeros into its memory: pages that are zero in the snapshot keep what was
there. A guest that runs, or a QEMU that was just started, has the memory that was saved.

A classic stream in a disk image, as \`savevm\` writes it, is loaded by every release.`,
  qemu: [
    {
      to: '10.1',
      outcome: 'refused',
      says: '`Error reading dirty bitmap`. From a file of its own the stream restores.',
    },
    {
      multifd: true,
      outcome: 'refused',
      says: 'Snapshots in disk images are not loaded with multifd. From a file of its own it restores.',
    },
    {
      outcome: 'restores',
      says: 'Loads it with mapped-ram on (`snapshot-load`, or `-loadvm` with `-global migration.mapped-ram=on`). Into a guest that is stopped and ran before, with its old bytes in zero pages.',
    },
  ],
  remedy:
    'Take the snapshot out: `mr convert --snapshot NAME DISK OUT` makes a file that every QEMU from 9.0 on restores.',
  *check({ file, snapshot }) {
    const [block] = snapshot.ramBlocks;
    if (!file.isVmState || block === undefined) return;
    yield {
      message: 'The stream is the VM state of an internal snapshot.',
      span: { byteOffset: block.headerOffset, byteLength: 28 },
      where: 'ram.blocks[0]',
    };
  },
};
