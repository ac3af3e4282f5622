import type { Rule } from '../../rule.js';

export const libvirtIncompleteRule: Rule = {
  id: 'libvirt-incomplete',
  title: 'The libvirt save image is marked as incomplete',
  severity: 'error',
  needs: 'headers',
  clauses: ['CONTAINER-8'],
  description: `libvirt writes the magic \`LibvirtQemudPart\` first and replaces it by \`LibvirtQemudSave\` when the save
has succeeded. An image that still has the first one is what an interrupted save left behind.

Where libvirt's daemon died during the save, the one that is started after it lets the domain go on. The image is then
older than the domain's disks: restored over them, it brings back a memory that does not know what was written since.

The prediction is about libvirt: QEMU never sees this header.`,
  qemu: [{ outcome: 'refused', says: 'libvirt: `save image is incomplete`. QEMU is not started.' }],
  remedy:
    'If the stream is whole, mr repair makes a good image of it; else save the domain again. Make sure that the domain did not go on: ' +
    'do not restore the image over disks that did.',
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
