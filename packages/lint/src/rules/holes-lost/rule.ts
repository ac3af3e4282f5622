import { isSaveComplete } from '@mapped-ram/facts';
import { sizeText } from '../../facts/quantities.js';
import type { Rule } from '../../rule.js';

/** Less than this is what file systems round up. */
const WORTH_BYTES = 16 * 2 ** 20;

export const holesLostRule: Rule = {
  id: 'holes-lost',
  title: 'The file takes more room on disk than it has to',
  severity: 'note',
  needs: 'bitmaps',
  clauses: ['PADDING-2', 'PAGES-3'],
  description: `Zero pages are holes in the file. Tools that do not know holes fill them with zeros, so that the copy takes
its full size on disk. It restores all the same. Old bytes under clear bits, which a live save leaves behind, take room
too.`,
  qemu: [{ outcome: 'restores', says: 'Holes and zeros are the same to it.' }],
  remedy:
    'Dig the holes again, with `fallocate --dig-holes FILE` for example, and copy with a tool that keeps them.',
  *check({ file, snapshot }) {
    // The bitmaps of a save that was cut short say nothing of what is needed.
    if (!isSaveComplete(snapshot)) return;
    if (file.allocatedBytes === undefined || file.neededBytes === undefined) return;
    const excessBytes = file.allocatedBytes - file.neededBytes;
    if (excessBytes < WORTH_BYTES || file.allocatedBytes < 2 * file.neededBytes) return;
    yield {
      message: `The file takes ${sizeText(file.allocatedBytes)} on disk, but needs ${sizeText(file.neededBytes)}.`,
      span: { byteOffset: 0, byteLength: file.sizeBytes },
      where: 'file',
    };
  },
};
