import { blockOf } from '../testing/damage.js';
import { editXml } from '../testing/libvirt-image.js';
import { ruleCases } from '../testing/rule-cases.js';
import { libvirtMappedMemoryRule } from './rule.js';

const capture = 'libvirt-11.3/save-sparse';

const withObject = (object: string) =>
  `<q:commandline xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><q:arg value='-object'/><q:arg value='${object}'/></q:commandline></domain>`;

const MAPPED = withObject('memory-backend-file,id=pc.ram,mem-path=/vms/base.save,share=off');

ruleCases(libvirtMappedMemoryRule, {
  fires: [
    {
      name: 'zero pages over a mapping',
      capture,
      edit: (image) => editXml(image, '</domain>', MAPPED),
      finds: [{ severity: 'error', outcome: 'wrong-memory', where: 'ram.blocks[0].bitmap' }],
    },
  ],
  silent: [
    { name: 'a good file', capture },
    {
      name: 'all pages stored',
      capture,
      edit: (image, good) => {
        editXml(image, '</domain>', MAPPED);
        const { bitmapOffset, bitmapLengthBytes } = blockOf(good);
        image.patch(bitmapOffset, new Uint8Array(bitmapLengthBytes).fill(0xff));
      },
    },
    {
      name: 'another object',
      capture,
      edit: (image) =>
        editXml(image, '</domain>', withObject('memory-backend-file,id=other,mem-path=/vms/base.save')),
    },
    {
      name: 'a classic stream, in which zero pages are told',
      capture: 'libvirt-11.3/save-raw',
      edit: (image) => editXml(image, '</domain>', MAPPED),
    },
  ],
});
