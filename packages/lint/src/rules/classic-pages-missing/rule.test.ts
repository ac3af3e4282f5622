import { firstPages } from '../testing/classic-pages.js';
import { be64 } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { classicPagesMissingRule } from './rule.js';

const CAPTURE = 'libvirt-11.3/save-raw';

ruleCases(classicPagesMissingRule, {
  fires: [
    {
      name: 'a page that came has the address of another',
      capture: CAPTURE,
      edit: (image, good) => {
        const [, second] = firstPages(image, good);
        image.patch(second.wordOffset, be64(0x28));
      },
      finds: [{ outcome: 'wrong-memory', severity: 'error', where: 'ram.blocks[0]' }],
    },
    {
      name: 'so, in a stream that cannot be followed to its end',
      capture: CAPTURE,
      edit: (image, good) => {
        const [, second] = firstPages(image, good);
        image.patch(second.wordOffset, be64(0x28));
        image.truncate(Buffer.from(image.bytes(0, image.sizeBytes)).indexOf('timer') + 20);
      },
      finds: [{ outcome: 'wrong-memory', severity: 'error', where: 'ram.blocks[0]' }],
    },
  ],
  silent: [{ name: 'a good classic stream', capture: CAPTURE }, { name: 'a mapped-ram file' }],
});
