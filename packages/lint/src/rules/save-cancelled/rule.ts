import { bitmapLoss } from '../../facts/bitmap-loss.js';
import { hex } from '../../facts/quantities.js';
import { stopOfWalk } from '../../facts/walk-stop.js';
import type { Rule } from '../../rule.js';

export const saveCancelledRule: Rule = {
  id: 'save-cancelled',
  title: 'The save was cancelled or killed',
  severity: 'error',
  needs: 'bitmaps',
  clauses: ['COMPLETE-2', 'BITMAP-5'],
  description: `QEMU writes the pages as it goes, and the bitmaps and the device state at the end. A file that ends within
the parts of the ram section and whose bitmaps are all zero is what a cancelled or killed save leaves behind. Neither the list
of the pages nor the device state was ever written.`,
  qemu: [{ outcome: 'refused', says: '`load of migration failed`, or `Read section footer failed`' }],
  remedy: 'Save again. The guest is still at the source, unless the source was killed too.',
  *check(context) {
    if (bitmapLoss(context) !== 'cancelled') return;
    const { sizeBytes } = context.file;
    yield {
      message: `The file ends at ${hex(sizeBytes)} in the middle of the save, before any bitmap was written.`,
      span: { byteOffset: stopOfWalk(context)?.error.byteOffset ?? sizeBytes, byteLength: 0 },
      where: 'stream',
    };
  },
};
