import { ruleCases } from '../testing/rule-cases.js';
import { libvirtCookieOffsetRule } from './rule.js';

ruleCases(libvirtCookieOffsetRule, {
  fires: [
    {
      name: 'a cookie behind the data',
      capture: 'libvirt-11.3/save-sparse',
      edit: (image) => {
        image.patch(32, Uint8Array.of(0xff, 0xff, 0xff, 0x7f));
      },
      finds: [{ outcome: 'refused', severity: 'error', where: 'libvirt.cookieOffset', byteOffset: 32 }],
    },
    {
      name: 'the same for a libvirt of the time of QEMU 10.0',
      capture: 'libvirt-11.3/save-sparse',
      qemu: '10.0',
      edit: (image) => {
        image.patch(32, Uint8Array.of(0xff, 0xff, 0xff, 0x7f));
      },
      finds: [{ outcome: 'crashes', severity: 'error' }],
    },
  ],
  silent: [{ name: 'a good file', capture: 'libvirt-11.3/save-sparse' }],
});
