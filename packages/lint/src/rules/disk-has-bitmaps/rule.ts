import type { Rule } from '../../rule.js';

export const diskHasBitmapsRule: Rule = {
  id: 'disk-has-bitmaps',
  title: 'The disk image of a snapshot has dirty bitmaps',
  severity: 'error',
  needs: 'headers',
  aboutContainer: true,
  clauses: ['CONTAINER-15'],
  description: `Incremental backups and libvirt's checkpoints keep bitmaps in the disk image, of what was written since (\`qemu-img info\` lists
them). QEMU saves snapshots beside them without a word, and loads none as long as the disk has a bitmap, be it disabled or inconsistent.

The VM state itself is good.`,
  qemu: [
    {
      outcome: 'refused',
      says: "`Could not load snapshot '...' on '...': Device has active dirty bitmaps`. From a file of its own the stream restores.",
    },
  ],
  remedy:
    'To go back to the snapshot, take the bitmaps off while no QEMU has the disk: `qemu-img bitmap --remove DISK BITMAP` for each, and the next backup is a full one. ' +
    '`mr convert --snapshot NAME DISK OUT` takes the VM state out; restored from there, it wants the disk as it was then.',
  *check({ file }) {
    const { dirtyBitmaps } = file;
    if (dirtyBitmaps === 0) return;
    yield {
      message: `The disk image has ${dirtyBitmaps} dirty bitmap${dirtyBitmaps === 1 ? '' : 's'}.`,
      span: { byteOffset: 0, byteLength: file.sizeBytes },
      where: 'file',
      metAt: 0,
    };
  },
};
