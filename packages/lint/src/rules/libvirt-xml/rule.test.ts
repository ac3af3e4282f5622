import { expect } from 'vitest';
import { editXml, setField } from '../testing/libvirt-image.js';
import { ruleCases } from '../testing/rule-cases.js';
import { libvirtXmlRule } from './rule.js';

const capture = 'libvirt-11.3/save-sparse';

ruleCases(libvirtXmlRule, {
  fires: [
    {
      name: 'tags that do not match',
      capture,
      edit: (image) => editXml(image, '</domain>', '</domaim>'),
      finds: [{ severity: 'error', outcome: 'refused', where: 'libvirt.xml' }],
    },
    {
      name: 'a control character',
      capture,
      edit: (image) => editXml(image, 'capture', 'cap\x01ture'),
      finds: [{ outcome: 'refused' }],
    },
    {
      name: 'bytes that are no UTF-8',
      capture,
      edit: (image) => editXml(image, 'capture', 'cap\xffture'),
      finds: [{ outcome: 'refused', message: expect.stringContaining('UTF-8') }],
    },
    {
      name: 'no name',
      capture,
      edit: (image) => editXml(image, '<name>capture</name>', ''),
      finds: [{ outcome: 'refused', message: expect.stringContaining('name') }],
    },
    {
      name: 'no domain',
      capture,
      edit: (image) => image.patch(92, Buffer.from('<pool/>\0')),
      finds: [{ outcome: 'refused' }],
    },
    {
      name: 'nothing',
      capture,
      edit: (image) => image.patch(92, new Uint8Array(1)),
      finds: [{ outcome: 'refused' }],
    },
    {
      name: 'elements in elements without an end',
      capture,
      edit: (image) => image.patch(92, Buffer.from(`${'<a>'.repeat(300)}\0`)),
      finds: [{ outcome: 'refused', message: expect.stringContaining('256 levels') }],
    },
    {
      name: 'entities that multiply, of which none is looked at',
      capture,
      edit: (image) =>
        editXml(image, '<domain', '<!DOCTYPE d [<!ENTITY a "aaa"><!ENTITY b "&a;&a;">]><domain'),
      finds: [{ severity: 'note', outcome: 'restores' }],
    },
  ],
  silent: [
    { name: 'a good file', capture },
    { name: 'a classic stream', capture: 'libvirt-11.3/save-raw' },
    { name: 'no libvirt image' },
    { name: 'a reference', capture, edit: (image) => editXml(image, 'capture', 'c&#97;pture') },
    { name: 'no cookie', capture, edit: (image) => setField(image, 32, 0) },
    {
      name: 'a header that leads out of the file, which is another fault',
      capture,
      edit: (image) => setField(image, 20, 0x7fffffff),
    },
  ],
});
