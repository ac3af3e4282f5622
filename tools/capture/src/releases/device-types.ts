import type { OpeningSection, Snapshot } from '@mapped-ram/reader';
import { QemuStartError } from '@mapped-ram/tool-qemu';
import { type Emulator, printedByQemu } from './run-qemu.js';
import { withSavedMachine } from './saved-state.js';

/** A machine that devices of some buses are put into, and what the bus is called there. */
interface Host {
  readonly emulator: Pick<Emulator, 'target'>;
  readonly args: readonly string[];
  /** What is put behind the type's name in `-device`, by the bus of `-device help`. */
  readonly places: Readonly<Record<string, string>>;
}

const Q35 = [
  ...['-machine', 'q35', '-nodefaults', '-m', '16M,slots=2,maxmem=1G'],
  ...['-device', 'qemu-xhci,id=usb,addr=2', '-device', 'virtio-scsi-pci,id=scsi,addr=3'],
  ...['-device', 'intel-hda,id=hda,addr=4', '-device', 'virtio-serial-pci,id=ports,addr=5'],
];

const HOSTS: readonly Host[] = [
  {
    emulator: { target: 'x86_64' },
    args: Q35,
    places: {
      PCI: ',addr=8',
      ISA: '',
      'usb-bus': ',bus=usb.0',
      SCSI: ',bus=scsi.0',
      HDA: ',bus=hda.0',
      'virtio-serial-bus': ',bus=ports.0',
      '': '',
    },
  },
  {
    emulator: { target: 'x86_64' },
    args: ['-machine', 'microvm', '-nodefaults', '-m', '16M,slots=2,maxmem=1G'],
    places: { 'virtio-bus': '' },
  },
  {
    emulator: { target: 's390x' },
    args: ['-machine', 's390-ccw-virtio', '-nodefaults', '-m', '16M,slots=2,maxmem=1G'],
    places: { 'virtual-css-bus': '' },
  },
];

/** What a device may want of the host: the words of QEMU that ask for it, its options, and what they name. */
const WANTS: readonly (readonly [asks: RegExp, option: string, args: readonly string[]])[] = [
  [/audio driver|audiodev/i, ',audiodev=sound', ['-audiodev', 'none,id=sound']],
  [/\bdrive\b/i, ',drive=disk', ['-drive', 'if=none,id=disk,driver=null-co,size=1M']],
  [/'memdev'/, ',memdev=hot', ['-object', 'memory-backend-ram,id=hot,size=16M']],
  [/cryptodev/, ',cryptodev=crypto', ['-object', 'cryptodev-backend-builtin,id=crypto']],
  [/chardev|char device/i, ',chardev=null', ['-chardev', 'null,id=null']],
  [/Bridge chassis/, ',chassis_nr=9', []],
  [/fsdev/i, ',fsdev=share,mount_tag=share', ['-fsdev', 'local,id=share,path=.,security_model=none']],
];

/** Variants of a device that its options describe as well; and doors to the host. */
const LEFT_OUT =
  /-(non-)?transitional$|-base$|^vfio-|^vhost-|-cpu$|^loader$|^guest-loader$|^ivshmem|^xen|^igd-/;

/** The state of a device, as a type's options make it. */
export interface TypeOfState {
  readonly state: string;
  readonly type: string;
}

/**
 * Which `-device` makes a state: by the state's name and, for a device on PCI, vendor, device and class, since some devices share a name.
 * Found by starting each type of `-device help` and looking at what is saved.
 *
 * @param skip Types that need not be asked.
 */
export async function askDeviceTypes(
  version: Emulator['version'],
  skip: ReadonlySet<string> = new Set(),
): Promise<TypeOfState[]> {
  const found: TypeOfState[] = [];
  for (const { emulator, args, places } of HOSTS) {
    const at = { ...emulator, version };
    const help = await printedByQemu(at, [...args.slice(0, 2), '-device', 'help']);
    const before = await withSavedMachine(at, args, async ({ sections }) => new Set(sections.map(keyOf)));
    for (const [, type, bus] of help.matchAll(/^name "([^"]+)"(?:, bus ([^,\n]+))?/gm)) {
      if (type === undefined || LEFT_OUT.test(type) || skip.has(type)) continue;
      const place = places[bus ?? ''];
      if (place === undefined) continue;
      for (const state of await statesOf({ at, args, option: `${type}${place}`, before })) {
        found.push({ state, type });
      }
    }
  }
  return found;
}

interface Attempt {
  readonly at: Emulator;
  readonly args: readonly string[];
  readonly option: string;
  readonly before: ReadonlySet<string>;
}

/** What a device saves that was not there without it; none where it does not start. */
async function statesOf({ at, args, option, before }: Attempt): Promise<string[]> {
  let [options, more]: [string, readonly string[]] = [option, []];
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      return await withSavedMachine(at, [...args, ...more, '-device', options], (snapshot) =>
        newStates(snapshot, option.split(',')[0] ?? '', before),
      );
    } catch (error) {
      const words = error instanceof Error ? error.message : '';
      const want = WANTS.find(([asks, added]) => asks.test(words) && !options.includes(added));
      if (want === undefined || !(error instanceof QemuStartError)) return [];
      options += want[1];
      more = [...more, ...want[2]];
    }
  }
  return [];
}

/** The state at the place of the device, where it has one; else the first that was not there. */
async function newStates(snapshot: Snapshot, type: string, before: ReadonlySet<string>): Promise<string[]> {
  const fresh = snapshot.sections.flatMap((section) =>
    section.kind === 'full' && !before.has(keyOf(section)) ? [section] : [],
  );
  const named = fresh
    .map((section) => ({ section, state: stateOf(snapshot, section) }))
    .filter(({ state }) => !state.endsWith('-early') && !NOT_DEVICES.has(state));
  const atPlace = named.find(({ section }) => AT_PLACE.test(section.idstr));
  const own = atPlace ?? named.find(({ state }) => state === type) ?? named[0];
  return own === undefined ? [] : [`${own.state}${await pciMark(snapshot, own.section)}`];
}

/** The states of buses, and of the board. */
const NOT_DEVICES = new Set(['PCIBUS', 'PCIHost', 'i2c_bus', 'acpi_build', 'globalstate', 'ram']);

function stateOf({ vmdescription }: Snapshot, { idstr, instanceId }: OpeningSection): string {
  const device = vmdescription?.json?.devices.find(
    ({ name, instance_id }) => name === idstr && instance_id === instanceId,
  );
  return device?.vmsd_name ?? idstr;
}

/** The slot of {@link HOSTS}. */
const AT_PLACE = /^0000:00:08\.0\/[^/]+$/;

/** The version of a PCI device's state, before its configuration space (hw/pci/pci.c, `vmstate_pci_device`). */
const PCI_STATE = 2;

/** `@8086:100e:0200`: vendor, device and class of the configuration space; of virtio, whose states have names of their own, the class. */
async function pciMark(snapshot: Snapshot, section: OpeningSection): Promise<string> {
  if (!AT_PLACE.test(section.idstr)) return '';
  const body = Buffer.from(await snapshot.readDeviceState(section));
  if (body.length < 4 + 256 || body.readUInt32BE(0) !== PCI_STATE) return '';
  const [vendor, device, kind] = [0, 2, 10].map((at) =>
    body
      .readUInt16LE(4 + at)
      .toString(16)
      .padStart(4, '0'),
  );
  return vendor === '1af4' && section.idstr.includes('/virtio-')
    ? `@${kind}`
    : `@${vendor}:${device}:${kind}`;
}

function keyOf(section: { readonly kind: string }): string {
  const { idstr = '', instanceId = 0 } = section as Partial<OpeningSection>;
  return `${idstr}#${instanceId}`;
}
