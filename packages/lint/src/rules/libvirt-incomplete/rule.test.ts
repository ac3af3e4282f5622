import { ascii } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { libvirtIncompleteRule } from './rule.js';

ruleCases(libvirtIncompleteRule, {
  fires: [
    {
      name: 'the magic of an image that is being written',
      capture: 'libvirt-11.3/save-sparse',
      edit: (image) => {
        image.patch(0, ascii('LibvirtQemudPart'));
      },
      finds: [{ outcome: 'refused', where: 'libvirt.magic', byteOffset: 0, byteLength: 16 }],
    },
  ],
  silent: [{ name: 'a good file', capture: 'libvirt-11.3/save-sparse' }],
});
