import type { Rule } from '../../rule.js';

export const libvirtXmlRule: Rule = {
  id: 'libvirt-xml',
  title: 'The domain XML of the libvirt image cannot be used',
  severity: 'note',
  needs: 'headers',
  clauses: ['CONTAINER-5', 'CONTAINER-10'],
  description: `libvirt starts QEMU as the XML in the save image says. It refuses XML that is not well-formed, or that is
no domain with a name. The stream behind it may be whole all the same.

XML with a document type, or of more than 4 MiB, is not judged: libvirt writes neither.

The prediction is about libvirt: QEMU never sees this XML.`,
  qemu: [
    { outcome: 'refused', says: "libvirt refuses it with its XML parser's words. QEMU is not started." },
  ],
  remedy:
    'Put good XML in with `mr relocate --xml FILE IN OUT`, or take the stream out with `mr relocate --offset 0 IN OUT`.',
  *check({ domain }) {
    if (domain === undefined || domain.kind === 'read') return;
    const { because, span, kind } = domain;
    if (kind === 'bad') {
      const message = `libvirt cannot use the domain XML: ${because}.`;
      yield { message, span, where: 'libvirt.xml' };
    } else {
      yield {
        message: `The domain XML was not held against the stream: ${because}.`,
        span,
        where: 'libvirt.xml',
        behaviour: { outcome: 'restores', says: 'Restores, if the XML fits the stream.' },
      };
    }
  },
};
