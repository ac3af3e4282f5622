import { firstPages } from '../testing/classic-pages.js';
import { ascii } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { classicPageRecordRule } from './rule.js';

const CAPTURE = 'libvirt-11.3/save-raw';

ruleCases(classicPageRecordRule, {
  fires: [
    {
      name: 'a page of a block that is not in the table',
      capture: CAPTURE,
      edit: (image, good) => {
        const [{ wordOffset }] = firstPages(image, good);
        image.patch(wordOffset + 9, ascii('PC'));
      },
      finds: [{ outcome: 'refused', severity: 'error', where: 'ram', actual: 'PC.ram' }],
    },
  ],
  silent: [{ name: 'a good classic stream', capture: CAPTURE }, { name: 'a mapped-ram file' }],
});
