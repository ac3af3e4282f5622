import {
  addQemuArguments,
  changeAttributes,
  childOf,
  dropElements,
  type LibvirtDomain,
  renameDomain,
  type XmlElement,
} from '@mapped-ram/facts';
import type { CloneWarning } from './file-hazards.js';
import { memoryElements } from './libvirt-memory.js';

/** A domain that is to be the clone of another. */
export interface CloneIdentity {
  readonly name: string;
  readonly uuid: string;
}

/** Devices with which a host's program talks through a socket. */
const CHARACTER_DEVICES: ReadonlySet<string> = new Set(['serial', 'console', 'parallel', 'channel']);

/**
 * The domain of a clone: under another name and UUID, with sockets of its own, and with arguments that map the memory. What is said
 * of how the memory is made is left out.
 */
export function domainOfClone(
  domain: LibvirtDomain,
  { name, uuid }: CloneIdentity,
  qemuArguments: readonly string[],
): LibvirtDomain {
  const renamed = renameDomain(domain, { name, uuid });
  const plain = dropElements(renamed, memoryElements(renamed));
  const sockets = socketsOf(plain).map((element) => ({
    element,
    name: 'path',
    value: socketFor(element.attributes.path ?? '', name),
  }));
  return addQemuArguments(changeAttributes(plain, sockets), qemuArguments);
}

/** What of a domain several clones cannot have at the same time. */
export function sharedByClones({ root }: LibvirtDomain): CloneWarning[] {
  const devices = childOf(root, 'devices')?.children ?? [];
  const disks = devices.flatMap((device) => {
    const source = childOf(device, 'source')?.attributes;
    const isShared = childOf(device, 'readonly') !== undefined || childOf(device, 'transient') !== undefined;
    const path = source?.file ?? source?.dev ?? source?.name ?? source?.volume;
    return device.name === 'disk' && path !== undefined && !isShared ? [path] : [];
  });
  const nvram = childOf(childOf(root, 'os'), 'nvram');
  const files = [...disks, ...(nvram === undefined || nvram.text === '' ? [] : [nvram.text])];
  const ports = devices.filter(
    ({ name, attributes }) =>
      name === 'graphics' && attributes.autoport !== 'yes' && Number(attributes.port ?? -1) > 0,
  );
  return [
    ...files.map(
      (path): CloneWarning => ({
        code: 'shared-file',
        message: `${path} would be written to by each clone, and by the domain that was saved: give each a file of its own, an overlay of what it was at the save, with --xml`,
      }),
    ),
    ...ports.map(
      ({ attributes }): CloneWarning => ({
        code: 'fixed-port',
        message: `${attributes.type} at port ${attributes.port} can be had by one domain at a time: set autoport='yes', with --xml`,
      }),
    ),
  ];
}

/** Sockets that QEMU listens at, under a path that the XML gives. */
function socketsOf({ root }: LibvirtDomain): XmlElement[] {
  const devices = childOf(root, 'devices')?.children ?? [];
  return devices
    .filter(({ name, attributes }) => CHARACTER_DEVICES.has(name) && attributes.type === 'unix')
    .flatMap((device) => childOf(device, 'source') ?? [])
    .filter(({ attributes }) => attributes.mode === 'bind' && attributes.path !== undefined);
}

function socketFor(path: string, name: string): string {
  const slash = path.lastIndexOf('/') + 1;
  return `${path.slice(0, slash)}${name}-${path.slice(slash)}`;
}
