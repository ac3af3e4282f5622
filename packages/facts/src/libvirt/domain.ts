import type { XmlElement } from './xml-element.js';

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

/** The element for QEMU's command line, under whatever prefix its namespace has. */
export function findCommandLine(root: XmlElement): XmlElement | undefined {
  return root.children.find(
    (child) => localName(child) === 'commandline' && namespaceOf(child, root) === QEMU_NAMESPACE,
  );
}

/** What stands in that element. */
export function qemuArgumentsOf(root: XmlElement): string[] {
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
