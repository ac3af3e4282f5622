import { ruleCases } from '../testing/rule-cases.js';
import { libvirtFormatRule } from './rule.js';

ruleCases(libvirtFormatRule, {
  fires: [
    {
      name: 'format 6 over a classic stream',
      capture: 'libvirt-11.3/snapshot-sparse',
      finds: [{ outcome: 'refused', where: 'libvirt.format', actual: '6' }],
    },
    {
      name: 'another format over a mapped-ram stream',
      capture: 'libvirt-11.3/save-sparse',
      edit: (image) => {
        image.patch(28, Uint8Array.of(0));
      },
      finds: [{ outcome: 'refused', where: 'libvirt.format', actual: '0' }],
    },
    {
      name: 'a format that does not exist',
      capture: 'libvirt-11.3/save-sparse',
      edit: (image) => {
        image.patch(28, Uint8Array.of(9));
      },
      finds: [{ outcome: 'refused', where: 'libvirt.format', actual: '9' }],
    },
  ],
  silent: [{ name: 'a good file', capture: 'libvirt-11.3/save-sparse' }],
});
