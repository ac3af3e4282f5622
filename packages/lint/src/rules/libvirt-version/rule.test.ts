import { ruleCases } from '../testing/rule-cases.js';
import { libvirtVersionRule } from './rule.js';

ruleCases(libvirtVersionRule, {
  fires: [
    {
      name: 'a lower version, which libvirt takes',
      capture: 'libvirt-11.3/save-sparse',
      edit: (image) => {
        image.patch(16, Uint8Array.of(1));
      },
      finds: [{ outcome: 'restores', severity: 'warning', where: 'libvirt.version', byteOffset: 16 }],
    },
  ],
  silent: [{ name: 'a good file', capture: 'libvirt-11.3/save-sparse' }],
});
