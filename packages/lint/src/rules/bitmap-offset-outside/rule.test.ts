import { be64, blockOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { bitmapOffsetOutsideRule } from './rule.js';

ruleCases(bitmapOffsetOutsideRule, {
  fires: [
    {
      name: 'a bitmap behind the end of the file',
      edit: (image, good) => {
        image.patch(blockOf(good).headerOffset + 12, be64(image.sizeBytes));
      },
      finds: [{ outcome: 'refused', severity: 'error', where: 'ram.blocks[0].bitmapOffset' }],
    },
    {
      name: 'a bitmap that the file ends in',
      edit: (image, good) => {
        image.truncate(blockOf(good).bitmapOffset + 4);
      },
      finds: [{ outcome: 'refused' }],
    },
    {
      name: 'the same in a disk image',
      isVmState: true,
      edit: (image, good) => {
        image.patch(blockOf(good).headerOffset + 12, be64(0xd5c11f52));
      },
      finds: [{ outcome: 'wrong-memory' }],
    },
  ],
  silent: [{ name: 'a good file' }],
});
