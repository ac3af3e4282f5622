import { sectionOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { trailingBytesRule } from './rule.js';

ruleCases(trailingBytesRule, {
  fires: [
    {
      name: 'bytes behind the stream',
      edit: (image) => {
        image.patch(image.sizeBytes, new Uint8Array(4096).fill(1));
      },
      finds: [{ outcome: 'restores', severity: 'note', byteLength: 4096 }],
    },
  ],
  silent: [
    {
      name: 'where the stream does not come to its end',
      edit: (image, good) => {
        image.patch(sectionOf(good, 'part').byteOffset, Uint8Array.of(9));
      },
    },
    { name: 'a good file' },
  ],
});
