import { ruleCases } from '../testing/rule-cases.js';
import { libvirtHeaderRule } from './rule.js';

ruleCases(libvirtHeaderRule, {
  fires: [
    {
      name: 'a stream that would start behind the end of the file',
      capture: 'libvirt-11.3/save-sparse',
      edit: (image) => {
        image.patch(20, Uint8Array.of(0xff, 0xff, 0xff, 0x7f));
      },
      finds: [{ outcome: 'refused', severity: 'error', where: 'libvirt.dataLengthBytes' }],
    },
  ],
  silent: [{ name: 'a good file', capture: 'libvirt-11.3/save-sparse' }],
});
