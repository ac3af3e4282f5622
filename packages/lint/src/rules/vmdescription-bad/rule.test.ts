import { be32 } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { vmdescriptionBadRule } from './rule.js';

ruleCases(vmdescriptionBadRule, {
  fires: [
    {
      name: 'one that is cut',
      edit: (image) => {
        image.truncate(image.sizeBytes - 20);
      },
      finds: [{ outcome: 'restores', severity: 'warning' }],
    },
    {
      name: 'one whose frame is cut',
      edit: (image, good) => {
        image.truncate((good.endMarkerOffset ?? 0) + 3);
      },
      finds: [{ outcome: 'restores', severity: 'warning' }],
    },
    {
      name: 'one that is garbage',
      edit: (image, good) => {
        image.patch((good.endMarkerOffset ?? 0) + 7, new Uint8Array(50).fill(0xee));
      },
      finds: [{ outcome: 'restores', severity: 'warning' }],
    },
    {
      name: 'one that is shorter than it says',
      edit: (image, good) => {
        image.patch((good.endMarkerOffset ?? 0) + 2, be32(0xffffff));
      },
      finds: [{ outcome: 'restores', severity: 'warning' }],
    },
  ],
  silent: [{ name: 'a good file' }],
});
