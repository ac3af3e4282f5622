import type { Rule } from '../../rule.js';

/** The version that libvirt writes, and the highest that it loads. */
const SAVE_IMAGE_VERSION = 2;

export const libvirtVersionRule: Rule = {
  id: 'libvirt-version',
  title: 'The libvirt save image has a version that is not known',
  severity: 'warning',
  needs: 'headers',
  clauses: ['CONTAINER-3', 'CONTAINER-4'],
  description: `The header of a libvirt save image has version 2. libvirt refuses a higher one, in either byte order.

The prediction is about libvirt: QEMU never sees this header.`,
  qemu: [
    {
      outcome: 'refused',
      says: 'libvirt: `image version is not supported (... should be <= 2)`. QEMU is not started.',
    },
  ],
  remedy:
    'Where the stream is whole, mr repair sets the version to 2; else take the image from its source again.',
  *check({ snapshot }) {
    const { libvirt } = snapshot;
    if (libvirt === undefined || libvirt.version === SAVE_IMAGE_VERSION) return;
    const isLower = libvirt.version < SAVE_IMAGE_VERSION;
    yield {
      message: `The libvirt header has version ${libvirt.version}.`,
      span: { byteOffset: libvirt.byteOffset + 16, byteLength: 4 },
      where: 'libvirt.version',
      expected: String(SAVE_IMAGE_VERSION),
      actual: String(libvirt.version),
      ...(isLower && {
        behaviour: { outcome: 'restores', says: 'libvirt takes it; it does not write such images any more.' },
      }),
    };
  },
};
