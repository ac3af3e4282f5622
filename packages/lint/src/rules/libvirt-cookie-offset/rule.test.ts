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
      finds: [{ outcome: 'crashes', severity: 'error', where: 'libvirt.cookieOffset', byteOffset: 32 }],
    },
  ],
  silent: [{ name: 'a good file', capture: 'libvirt-11.3/save-sparse' }],
});
