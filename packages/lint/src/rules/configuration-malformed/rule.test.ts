import { ascii, be32, insertBeforeTable, sectionOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { configurationMalformedRule } from './rule.js';

ruleCases(configurationMalformedRule, {
  fires: [
    {
      name: 'a subsection that QEMU does not know',
      edit: (image, good) => {
        const bogus = Uint8Array.of(5, 19, ...ascii('configuration/bogus'), ...be32(1));
        insertBeforeTable(image, good, sectionOf(good, 'start').byteOffset, bogus);
      },
      finds: [{ outcome: 'refused', severity: 'error', where: 'configuration.subsections[1]' }],
    },
    {
      name: 'a subsection of another version',
      edit: (image, good) => {
        const list = good.configuration?.subsections[0];
        image.patch((list?.byteOffset ?? 0) + 2 + (list?.name.length ?? 0), be32(2));
      },
      finds: [{ outcome: 'refused', where: 'configuration.subsections[0]', actual: '2' }],
    },
  ],
  silent: [{ name: 'a good file' }],
});
