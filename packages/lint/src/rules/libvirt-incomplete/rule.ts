import type { Rule } from '../../rule.js';

export const libvirtIncompleteRule: Rule = {
  id: 'libvirt-incomplete',
  title: 'The libvirt save image is marked as incomplete',
  severity: 'error',
  needs: 'headers',
  clauses: ['CONTAINER-8'],
  description: `libvirt writes the magic \`LibvirtQemudPart\` first and replaces it by \`LibvirtQemudSave\` when the save
has succeeded. An image that still has the first one is what an interrupted save left behind.

The prediction is about libvirt: QEMU never sees this header.`,
  qemu: [{ outcome: 'refused', says: 'libvirt: `save image is incomplete`. QEMU is not started.' }],
  remedy:
    'Save the domain again. If the stream turns out to be whole (`--offset`), QEMU can load it without libvirt.',
  *check({ snapshot }) {
    if (snapshot.libvirt?.magic !== 'LibvirtQemudPart') return;
    yield {
      message: 'The libvirt header says that saving did not finish.',
      span: { byteOffset: snapshot.libvirt.byteOffset, byteLength: 16 },
      where: 'libvirt.magic',
      expected: 'LibvirtQemudSave',
      actual: snapshot.libvirt.magic,
    };
  },
};
