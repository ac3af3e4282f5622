import { formatOptions } from '@mapped-ram/format';
import type { MachineCommand, QemuOption } from './machine-command.js';

/** Devices for which libvirt has a model of its own: the element, by the type of `-device`. The rest is handed to QEMU as it is. */
const ELEMENTS: Readonly<Record<string, (options: Options, id: string) => string>> = {
  'virtio-net-pci': (options) => network('virtio', options),
  e1000: (options) => network('e1000', options),
  e1000e: (options) => network('e1000e', options),
  rtl8139: (options) => network('rtl8139', options),
  pcnet: (options) => network('pcnet', options),
  vmxnet3: (options) => network('vmxnet3', options),
  'virtio-blk-pci': (options, name) => disk('virtio', `vd${name}`, options),
  'virtio-rng-pci': (options) =>
    `<rng model='virtio'><backend model='random'>/dev/urandom</backend>${address(options)}</rng>`,
  'virtio-balloon-pci': (options) => `<memballoon model='virtio'>${address(options)}</memballoon>`,
  VGA: (options) => video('vga', options),
  'cirrus-vga': (options) => video('cirrus', options),
  'bochs-display': (options) => video('bochs', options),
  i6300esb: (options) => `<watchdog model='i6300esb'>${address(options)}</watchdog>`,
  'isa-serial': () => "<serial type='null'/>",
  'isa-parallel': () => "<parallel type='null'/>",
  'virtio-serial-pci': (options) => `<controller type='virtio-serial'>${address(options)}</controller>`,
  'qemu-xhci': (options) => `<controller type='usb' model='qemu-xhci'>${address(options)}</controller>`,
  'nec-usb-xhci': (options) => `<controller type='usb' model='nec-xhci'>${address(options)}</controller>`,
  'piix3-usb-uhci': (options) => `<controller type='usb' model='piix3-uhci'>${address(options)}</controller>`,
  'virtio-scsi-pci': (options) =>
    `<controller type='scsi' model='virtio-scsi'>${address(options)}</controller>`,
  lsi53c895a: (options) => `<controller type='scsi' model='lsilogic'>${address(options)}</controller>`,
};

/** Options that libvirt writes itself, from the elements above. */
const OF_ELEMENTS = /^-(nodefaults|machine|m|smp|uuid|device|blockdev|netdev|chardev)$/;

const ARCHITECTURES: Readonly<Record<string, string>> = { arm: 'armv7l', i386: 'i686' };

type Options = ReadonlyMap<string, string>;

/**
 * A domain XML for libvirt that makes the machine of a command: a skeleton, whose disks and networks are to be put in. What libvirt has no
 * element for stands in `<qemu:commandline>`. Every text is escaped.
 *
 * @param name what the domain is to be called
 */
export function formatDomain(command: MachineCommand, name: string): string {
  const { target, options, unknown, byHand } = command;
  const machine = parse(optionValue(options, '-machine') ?? '');
  const memory = parse(optionValue(options, '-m') ?? '');
  const processors = parse(optionValue(options, '-smp') ?? '1');
  const model = parse(optionValue(options, '-cpu') ?? '').get('') ?? '';
  const uuid = optionValue(options, '-uuid');
  const remarks = [
    ...byHand.map((text) => `by hand: ${text}`),
    ...unknown.map((text) => `not in the file: ${text}`),
  ];
  const nodes = numaNodes(options);
  const { elements, words } = devicesOf(
    options.filter(({ name, value = '' }) => !/^-(numa|object)$/.test(name) || !isOfNodes(value, nodes)),
  );
  const count = processors.get('') ?? '1';
  const maximum = processors.get('maxcpus') ?? count;
  const lines = [
    ...remarks.map((text) => `<!-- ${comment(text)} -->`),
    "<domain type='qemu' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>",
    `  <name>${xmlText(name)}</name>`,
    ...(uuid === undefined ? [] : [`  <uuid>${xmlText(uuid)}</uuid>`]),
    `  <memory unit='KiB'>${xmlText((memory.get('size') ?? '0').replace(/K$/, ''))}</memory>`,
    `  <vcpu${maximum === count ? '' : ` current='${xmlText(count)}'`}>${xmlText(maximum)}</vcpu>`,
    `  <os><type arch='${xmlText(ARCHITECTURES[target] ?? target)}' machine='${xmlText(machine.get('') ?? '')}'>hvm</type></os>`,
    ...features(target, machine),
    ...processor(model, nodes, maximum),
    '  <devices>',
    `    <emulator>/usr/bin/qemu-system-${xmlText(target)}</emulator>`,
    ...[...elements, ...without(elements)].map((element) => `    ${element}`),
    '  </devices>',
    ...commandLine([...boardWords(machine), ...memoryWords(memory), ...words]),
    '</domain>',
  ];
  return `${lines.join('\n')}\n`;
}

function features(target: string, machine: Options): string[] {
  if (target !== 'x86_64') return [];
  const acpi = machine.get('acpi') === 'off' ? '' : '<acpi/>';
  const timer = machine.get('hpet') === 'off' ? ["  <clock><timer name='hpet' present='no'/></clock>"] : [];
  return [`  <features>${acpi}<apic/></features>`, ...timer];
}

/** A node of memory, which libvirt makes itself and calls as it was called. */
interface NumaNode {
  readonly id: string;
  readonly lengthBytes: number;
}

/** The nodes of a machine, where all are called as libvirt calls them. */
function numaNodes(options: readonly QemuOption[]): NumaNode[] {
  const sizes = new Map<string, number>();
  for (const { name, value = '' } of options) {
    const values = parse(value);
    if (name === '-object' && values.get('') === 'memory-backend-ram')
      sizes.set(values.get('id') ?? '', Number(values.get('size')));
  }
  const ids = options
    .filter(({ name }) => name === '-numa')
    .map(({ value = '' }) => parse(value).get('memdev') ?? '');
  const areUsual = ids.every((id, index) => id === `ram-node${index}` && sizes.has(id));
  return areUsual ? ids.map((id) => ({ id, lengthBytes: sizes.get(id) ?? 0 })) : [];
}

function isOfNodes(value: string, nodes: readonly NumaNode[]): boolean {
  const values = parse(value);
  return nodes.some(({ id }) => id === values.get('id') || id === values.get('memdev'));
}

/** All processors are put into the first node: the file does not tell where they are. */
function processor(model: string, nodes: readonly NumaNode[], maximum: string): string[] {
  const named = model === '' ? '' : `<model>${xmlText(model)}</model>`;
  const last = Number(maximum) - 1;
  const cells = nodes.map(({ lengthBytes }, index) => {
    const cpus = index === 0 ? ` cpus='${last === 0 ? '0' : `0-${last}`}'` : '';
    return `<cell id='${index}'${cpus} memory='${lengthBytes / 1024}' unit='KiB'/>`;
  });
  const numa = cells.length === 0 ? '' : `<numa>${cells.join('')}</numa>`;
  if (named === '') return numa === '' ? [] : [`  <cpu>${numa}</cpu>`];
  return [`  <cpu mode='custom' match='exact'>${named}${numa}</cpu>`];
}

/** What libvirt adds by itself, in a slot that it chooses, where it is not told that there is none. */
function without(elements: readonly string[]): string[] {
  const has = (start: string) => elements.some((element) => element.startsWith(start));
  return [
    ...(has("<controller type='usb'") ? [] : ["<controller type='usb' model='none'/>"]),
    ...(has('<memballoon') ? [] : ["<memballoon model='none'/>"]),
  ];
}

/** Options of the board for which there is no element. QEMU puts them to those that libvirt gives. */
function boardWords(machine: Options): string[] {
  const own = [...machine].filter(([key]) => !['', 'acpi', 'hpet'].includes(key));
  return own.length === 0 ? [] : ['-machine', formatOptions(undefined, Object.fromEntries(own))];
}

/** Slots for more memory; libvirt has them for NUMA nodes only, whose memory is called otherwise. */
function memoryWords(memory: Options): string[] {
  const own = [...memory].filter(([key]) => key === 'slots' || key === 'maxmem');
  return own.length === 0 ? [] : ['-m', formatOptions(undefined, Object.fromEntries(own))];
}

/** Elements, and the words of what has none. Devices behind bridges go to QEMU as they are, with the bridges. */
function devicesOf(options: readonly QemuOption[]): {
  readonly elements: readonly string[];
  readonly words: readonly string[];
} {
  const elements: string[] = [];
  const words: string[] = [];
  const backends = new Map<string, QemuOption>();
  const needed = new Set<string>();
  for (const option of options) {
    const values = parse(option.value ?? '');
    if (/^-(blockdev|netdev|chardev)$/.test(option.name)) {
      backends.set(values.get('id') ?? values.get('node-name') ?? '', option);
      continue;
    }
    if (option.name !== '-device') {
      if (!OF_ELEMENTS.test(option.name)) words.push(option.name, option.value ?? '');
      continue;
    }
    const element = values.has('bus') || values.has('id') ? undefined : ELEMENTS[values.get('') ?? ''];
    if (element !== undefined)
      elements.push(element(values, String.fromCharCode(97 + (elements.length % 26))));
    else {
      for (const key of ['drive', 'netdev', 'chardev']) needed.add(values.get(key) ?? '');
      words.push(option.name, option.value ?? '');
    }
  }
  const kept = [...backends]
    .filter(([id]) => needed.has(id))
    .flatMap(([, { name, value = '' }]) => [name, value]);
  return { elements, words: [...kept, ...words] };
}

function commandLine(words: readonly string[]): string[] {
  if (words.length === 0) return [];
  const args = words.filter((word) => word !== '').map((word) => `    <qemu:arg value='${xmlText(word)}'/>`);
  return ['  <qemu:commandline>', ...args, '  </qemu:commandline>'];
}

function network(model: string, options: Options): string {
  const mac = options.get('mac');
  const own = mac === undefined ? '' : `<mac address='${xmlText(mac)}'/>`;
  const rom = options.get('romfile') === '' ? "<rom enabled='no'/>" : '';
  return `<interface type='user'>${own}<model type='${model}'/>${rom}${address(options)}</interface>`;
}

function disk(bus: string, target: string, options: Options): string {
  return `<disk type='file'><source file='DISK'/><target dev='${target}' bus='${bus}'/>${address(options)}</disk>`;
}

function video(model: string, options: Options): string {
  const mebibytes = Number(options.get('vgamem_mb') ?? 16);
  return `<video><model type='${model}' vram='${mebibytes * 1024}'/>${address(options)}</video>`;
}

function address(options: Options): string {
  const [slot = '0', fn = '0'] = (options.get('addr') ?? '').split('.');
  if (!options.has('addr')) return '';
  return `<address type='pci' domain='0x0000' bus='0x00' slot='0x${xmlText(slot)}' function='0x${xmlText(fn)}'/>`;
}

function optionValue(options: readonly QemuOption[], wanted: string): string | undefined {
  return options.find(({ name }) => name === wanted)?.value;
}

/** The parts of an option as `formatOptions` wrote it; the first without a key is under ''. */
function parse(text: string): Options {
  const parts = text.split(/(?<!,),(?!,)/).map((part) => part.replaceAll(',,', ','));
  return new Map(
    parts.map((part) => {
      const at = part.indexOf('=');
      return at < 0 ? ['', part] : [part.slice(0, at), part.slice(at + 1)];
    }),
  );
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  "'": '&apos;',
  '"': '&quot;',
};

/** Text for XML: characters that it cannot hold at all become `?`. */
function xmlText(text: string): string {
  const allowed = text.replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/g, '?');
  return allowed.replaceAll(/[&<>'"]/g, (character) => ENTITIES[character] ?? '?');
}

/** A comment may not hold two dashes. */
function comment(text: string): string {
  return xmlText(text).replaceAll('--', '- -');
}
