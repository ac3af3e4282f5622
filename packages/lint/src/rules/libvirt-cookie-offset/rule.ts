import { hex } from '../../facts/quantities.js';
import type { Rule } from '../../rule.js';

export const libvirtCookieOffsetRule: Rule = {
  id: 'libvirt-cookie-offset',
  title: 'The cookie of the libvirt header lies outside its data',
  severity: 'error',
  needs: 'headers',
  clauses: ['CONTAINER-5'],
  description: `cookieOffset says where, in the data behind the header, libvirt's cookie starts; 0 means that there is
none. libvirt computes the cookie's length from it. Version 11.3 does not check it: an offset past the data makes the length
negative, and the daemon aborts while it tries to allocate so much. Version 12.9 does.

The prediction is about libvirt, which is taken to be as old as QEMU: it never sees this header.`,
  qemu: [
    {
      from: '11.1',
      outcome: 'refused',
      says: 'libvirt 12.9: `invalid save image header: cookie offset exceeds data length`; 11.3 aborts. QEMU is not started.',
    },
    {
      outcome: 'crashes',
      says: 'libvirtd (virtqemud) 11.3 aborts when it reads the image; 12.9 refuses it. QEMU is not started.',
    },
  ],
  remedy: 'Have mr repair set cookieOffset to 0: the domain XML alone is enough to restore.',
  *check({ snapshot }) {
    const { libvirt } = snapshot;
    if (libvirt === undefined || libvirt.cookieOffset <= libvirt.dataLengthBytes) return;
    yield {
      message: `The cookie starts ${hex(libvirt.cookieOffset)} bytes into data that is only ${hex(libvirt.dataLengthBytes)} bytes long.`,
      span: { byteOffset: libvirt.byteOffset + 32, byteLength: 4 },
      where: 'libvirt.cookieOffset',
      expected: `at most ${hex(libvirt.dataLengthBytes)}`,
      actual: hex(libvirt.cookieOffset),
    };
  },
};
