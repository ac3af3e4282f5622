import { childOf, parseXml, type XmlElement, XmlError } from './xml-tree.js';

/** What a domain XML says of the machine that libvirt makes of it, as far as a stream can be held against it. */
export interface LibvirtDomain {
  readonly xml: string;
  readonly root: XmlElement;
  readonly name: string;
  /** As it is written there. */
  readonly uuid?: string;
  /** `x86_64` */
  readonly architecture?: string;
  /** Machine type, `pc-q35-10.0`; an alias such as `q35` where a person wrote the XML. */
  readonly machine?: string;
  /** All of the guest's memory, with DIMMs, in bytes. */
  readonly memoryBytes?: number;
  /** Processors that the guest has, and as many as it can have. */
  readonly processors?: number;
  readonly maxProcessors?: number;
  /** What stands in `<qemu:commandline>` for QEMU. */
  readonly qemuArguments: readonly string[];
}

/** Of the elements that libvirt hands on to QEMU as they are. */
export const QEMU_NAMESPACE = 'http://libvirt.org/schemas/domain/qemu/1.0';

/** Units of memory in bytes (libvirt 11.3 to 12.9, src/util/virutil.c, `virScaleInteger`). */
const UNITS: Readonly<Record<string, number>> = {
  b: 1,
  bytes: 1,
  byte: 1,
  ...scaled('k', 1),
  ...scaled('m', 2),
  ...scaled('g', 3),
  ...scaled('t', 4),
};

function scaled(letter: string, power: number): Record<string, number> {
  return {
    [letter]: 1024 ** power,
    [`${letter}ib`]: 1024 ** power,
    [`${letter}b`]: 1000 ** power,
  };
}

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

/** The element for QEMU's command line, under whatever prefix its namespace has. */
export function findCommandLine(root: XmlElement): XmlElement | undefined {
  return root.children.find(
    (child) => localName(child) === 'commandline' && namespaceOf(child, root) === QEMU_NAMESPACE,
  );
}

function qemuArgumentsOf(root: XmlElement): string[] {
  const commandLine = findCommandLine(root);
  return (commandLine?.children ?? [])
    .filter((child) => localName(child) === 'arg')
    .flatMap(({ attributes }) => (attributes.value === undefined ? [] : [attributes.value]));
}

/** Whether an argument pair `-global migration.NAME=on` is among a command line's; the last one counts. */
export function globalSwitchOf(args: readonly string[], name: string): boolean {
  let isOn = false;
  for (const [index, arg] of args.entries()) {
    if (arg !== '-global' && arg !== '--global') continue;
    const [, value] =
      new RegExp(`^(?:migration\\.${name}=|driver=migration,property=${name},value=)(\\w+)$`).exec(
        args[index + 1] ?? '',
      ) ?? [];
    if (value !== undefined) isOn = ['on', 'true', 'yes', 'y'].includes(value);
  }
  return isOn;
}

/** Ids of the memory backends that a command line maps privately from files: what is in the file is there before anything is loaded. */
export function privateFileBackends(args: readonly string[]): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const [index, arg] of args.entries()) {
    const [type, ...pairs] = arg.replaceAll(',,', '\0').split(',');
    if (type !== 'memory-backend-file' || !/^--?object$/.test(args[index - 1] ?? '')) continue;
    const values = new Map(pairs.map((pair) => [pair.split('=', 1)[0], pair.slice(pair.indexOf('=') + 1)]));
    const id = values.get('id');
    if (id !== undefined && !['on', 'true', 'yes'].includes(values.get('share') ?? 'off')) ids.add(id);
  }
  return ids;
}

function localName({ name }: XmlElement): string {
  return name.slice(name.indexOf(':') + 1);
}

function namespaceOf(element: XmlElement, root: XmlElement): string | undefined {
  const colon = element.name.indexOf(':');
  const key = colon < 0 ? 'xmlns' : `xmlns:${element.name.slice(0, colon)}`;
  return element.attributes[key] ?? root.attributes[key];
}

/** The bytes that an element such as `<memory unit='KiB'>` gives; undefined where that is no number or unit of libvirt's. */
export function memorySizeOf(
  element: Pick<XmlElement, 'text' | 'attributes'> | undefined,
): number | undefined {
  const count = countOf(element?.text);
  const unit = UNITS[(element?.attributes.unit ?? 'KiB').toLowerCase()];
  if (count === undefined || unit === undefined) return undefined;
  const bytes = count * unit;
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

function countOf(text: string | undefined): number | undefined {
  const digits = /^\s*(\d{1,15})\s*$/.exec(text ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}
