import { type LibvirtDomain, qemuArgumentsOf } from './domain.js';
import { countOf, memorySizeOf } from './domain-values.js';
import { childOf, XmlError } from './xml-element.js';
import { parseXml } from './xml-tree.js';

/**
 * Reads a domain XML as libvirt does when it restores a save image (libvirt 11.3 to 12.9, src/conf/domain_conf.c).
 *
 * @param xml At most some MiB.
 * @throws XmlError where it is not well-formed, or no domain with a name.
 * @public
 */
export function parseDomain(xml: string): LibvirtDomain {
  const root = parseXml(xml);
  if (root.name !== 'domain') {
    throw new XmlError(`unexpected root element <${root.name}>, expecting <domain>`, root.start);
  }
  const name = childOf(root, 'name')?.text ?? '';
  if (name === '') throw new XmlError('missing name information', root.start);
  const uuid = childOf(root, 'uuid')?.text.trim();
  const type = childOf(childOf(root, 'os'), 'type')?.attributes;
  const memoryBytes = memorySizeOf(childOf(root, 'memory'));
  const vcpu = childOf(root, 'vcpu');
  const maxProcessors = countOf(vcpu === undefined ? '1' : vcpu.text);
  const processors = countOf(vcpu?.attributes.current) ?? maxProcessors;
  return {
    xml,
    root,
    name,
    ...(uuid !== undefined && { uuid }),
    ...(type?.arch !== undefined && { architecture: type.arch }),
    ...(type?.machine !== undefined && { machine: type.machine }),
    ...(memoryBytes !== undefined && { memoryBytes }),
    ...(processors !== undefined && { processors }),
    ...(maxProcessors !== undefined && { maxProcessors }),
    qemuArguments: qemuArgumentsOf(root),
  };
}
