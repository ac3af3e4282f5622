import type { SparseImage } from '@mapped-ram/fixtures';
import { ascii, be32, insertBeforeTable } from '../testing/damage.js';
import { editXml } from '../testing/libvirt-image.js';
import { ruleCases } from '../testing/rule-cases.js';
import { libvirtDomainMismatchRule } from './rule.js';

const capture = 'libvirt-11.3/save-sparse';
const where = 'libvirt.xml';

const withMemory = (kib: number) => (image: SparseImage) =>
  editXml(image, "<memory unit='KiB'>16384<", `<memory unit='KiB'>${kib}<`);

ruleCases(libvirtDomainMismatchRule, {
  fires: [
    {
      name: 'another machine type',
      capture,
      edit: (image) => editXml(image, 'pc-i440fx-10.0', 'pc-i440fx-9.2'),
      finds: [{ outcome: 'refused', severity: 'error', where, actual: 'pc-i440fx-9.2' }],
    },
    {
      name: 'more memory',
      capture,
      edit: withMemory(32_768),
      finds: [{ outcome: 'restores', severity: 'warning', where, actual: '33554432 bytes' }],
    },
    {
      name: 'less memory than there are pages in',
      capture,
      edit: withMemory(1024),
      finds: [{ outcome: 'refused', severity: 'error', where }],
    },
    {
      name: 'more processors',
      capture,
      edit: (image) => editXml(image, '>1</vcpu>', '>2</vcpu>'),
      finds: [{ outcome: 'restores', severity: 'warning', actual: '2' }],
    },
    {
      name: 'another UUID, where the stream has one',
      capture,
      edit: (image, good) => {
        const { byteOffset = 0, byteLength = 0 } = good.configuration ?? {};
        const uuid = [...ascii('\x05\x12configuration/uuid'), ...be32(1), ...new Uint8Array(16).fill(7)];
        insertBeforeTable(image, good, byteOffset + byteLength, Uint8Array.from(uuid));
      },
      finds: [{ outcome: 'refused', expected: '07070707-0707-0707-0707-070707070707' }],
    },
    {
      name: 'NUMA nodes, where the stream has main RAM in one block',
      capture,
      edit: (image) => editXml(image, '</cpu>', "<numa><cell id='0' memory='16384'/></numa></cpu>"),
      finds: [{ outcome: 'refused', severity: 'error', expected: 'pc.ram', actual: 'ram-node0' }],
    },
    {
      name: 'NUMA nodes that hold less than the memory',
      capture,
      edit: (image) => editXml(image, '</cpu>', "<numa><cell id='0' memory='4096'/></numa></cpu>"),
      finds: [
        { outcome: 'refused', severity: 'error', actual: '4194304 bytes' },
        { outcome: 'refused', severity: 'error', expected: 'pc.ram' },
      ],
    },
    {
      name: 'no processor',
      capture,
      edit: (image) => editXml(image, '>1</vcpu>', '>0</vcpu>'),
      finds: [{ outcome: 'refused', actual: '0' }],
    },
  ],
  silent: [
    { name: 'a good file', capture },
    { name: 'no libvirt image' },
    {
      name: 'an alias of the machine type',
      capture,
      edit: (image) => editXml(image, 'pc-i440fx-10.0', 'pc'),
    },
    {
      name: 'the same memory in another unit',
      capture,
      edit: (image) => editXml(image, "<memory unit='KiB'>16384<", "<memory unit='MiB'>16<"),
    },
    {
      name: 'a processor whose state is there twice',
      capture,
      edit: (image, good) => {
        for (const section of good.sections) {
          if (section.kind !== 'full' || section.idstr !== 'cpu_common') continue;
          const { byteOffset, byteLength } = section;
          image.insert(byteOffset, image.bytes(byteOffset, byteLength));
        }
      },
    },
    {
      name: 'another name and UUID, which the stream does not tell',
      capture,
      edit: (image) => {
        editXml(image, '<name>capture<', '<name>other<');
        editXml(image, 'd401</uuid>', 'd402</uuid>');
      },
    },
  ],
});
