import { be64, sectionOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { ramEosExtraBitsRule } from './rule.js';

ruleCases(ramEosExtraBitsRule, {
  fires: [
    {
      name: 'CONTINUE beside EOS',
      edit: (image, good) => {
        image.patch(sectionOf(good, 'part').bodyOffset, be64(0x30));
      },
      finds: [{ outcome: 'restores', severity: 'note', actual: '0x30' }],
    },
    {
      name: 'an address beside EOS',
      edit: (image, good) => {
        image.patch(sectionOf(good, 'part').bodyOffset, be64(0x123456010n));
      },
      finds: [{ outcome: 'restores', actual: '0x123456010' }],
    },
  ],
  silent: [{ name: 'a good file' }],
});
