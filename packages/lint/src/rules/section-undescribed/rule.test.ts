import { ascii, be32, sectionOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { sectionUndescribedRule } from './rule.js';

ruleCases(sectionUndescribedRule, {
  fires: [
    {
      name: 'another instance',
      edit: (image, good) => {
        const { bodyOffset } = sectionOf(good, 'full');
        image.patch(bodyOffset - 8, be32(9));
      },
      finds: [{ outcome: 'refused', severity: 'error', where: 'sections[4]' }],
    },
    {
      name: 'a higher version',
      edit: (image, good) => {
        const { bodyOffset } = sectionOf(good, 'full');
        image.patch(bodyOffset - 4, be32(99));
      },
      finds: [{ outcome: 'refused', actual: '99', expected: '2' }],
    },
    {
      name: 'a lower version, in which fields are missing',
      edit: (image, good) => {
        const { bodyOffset } = sectionOf(good, 'full');
        image.patch(bodyOffset - 4, be32(1));
      },
      finds: [{ outcome: 'refused', severity: 'error', expected: '2', actual: '1' }],
    },
    {
      name: 'a damaged version in the description, which no release writes',
      edit: (image, good) => {
        const { byteOffset = 0, byteLength = 0 } = good.vmdescription ?? {};
        const text = Buffer.from(image.bytes(byteOffset, byteLength)).toString('latin1');
        const device = text.indexOf('"name": "timer"');
        image.patch(byteOffset + text.indexOf('"version": 2', device) + 11, ascii('6'));
      },
      finds: [{ outcome: 'restores', severity: 'warning', expected: '6', actual: '2' }],
    },
    {
      name: 'a damaged name in the stream, as the second name in the description tells',
      edit: (image, good) => {
        image.patch(sectionOf(good, 'full').byteOffset + 6, ascii('t1mer'));
      },
      finds: [{ outcome: 'refused' }],
    },
    {
      name: 'a damaged name in the description, as its second name there tells',
      edit: (image, good) => {
        const { byteOffset = 0, byteLength = 0 } = good.vmdescription ?? {};
        const text = Buffer.from(image.bytes(byteOffset, byteLength)).toString('latin1');
        image.patch(byteOffset + text.indexOf('"name": "timer"') + 9, ascii('t1mer'));
      },
      finds: [{ outcome: 'restores', severity: 'warning' }],
    },
  ],
  silent: [{ name: 'a good file' }],
});
