import { firstPages } from '../testing/classic-pages.js';
import { ruleCases } from '../testing/rule-cases.js';
import { classicPagesUnreadRule } from './rule.js';

const CAPTURE = 'libvirt-11.3/save-raw';

ruleCases(classicPagesUnreadRule, {
  fires: [
    {
      name: 'a page that is stored as a difference',
      capture: CAPTURE,
      edit: (image, good) => {
        const [, second] = firstPages(image, good);
        image.patch(second.wordOffset + 7, Uint8Array.of(0x60));
        // How it is encoded, and how long it is: together as long as the page was.
        image.patch(second.contentsOffset, Uint8Array.of(1, 0x0f, 0xfd));
      },
      finds: [{ outcome: 'restores', severity: 'note', where: 'ram' }],
    },
  ],
  silent: [{ name: 'a good classic stream', capture: CAPTURE }, { name: 'a mapped-ram file' }],
});
