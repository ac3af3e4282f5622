import { MIB, machine, pcMachine } from '../machines.js';
import type { Recipe } from '../recipe.js';

const BOTH = ['10.0', '11.1'] as const;
const ram = (sizeBytes: number) => ({ name: 'ram0', sizeBytes });

const device = (...properties: string[]) => ['-device', properties.join(',')];
const disk = (id: string) => ['-drive', `if=none,id=${id},driver=null-co,size=1M`];

/** Option ROMs are left out: they are other people's programs. */
const NO_ROM = 'romfile=';

const Q35_DEVICES = [
  ...['-smp', '4'],
  ...device('pcie-root-port', 'id=port1', 'chassis=1'),
  ...device('virtio-net-pci', 'bus=port1', NO_ROM),
  ...device('e1000e', NO_ROM),
  ...disk('disk0'),
  ...device('virtio-blk-pci', 'drive=disk0'),
  ...disk('disk2'),
  ...device('virtio-scsi-pci', 'id=scsi'),
  ...device('scsi-hd', 'bus=scsi.0', 'drive=disk2'),
  ...disk('disk3'),
  ...device('ide-hd', 'drive=disk3'),
  ...device('VGA', NO_ROM),
  ...device('qemu-xhci', 'id=xhci'),
  ...device('usb-tablet', 'bus=xhci.0'),
  ...device('usb-kbd', 'bus=xhci.0'),
  ...device('virtio-rng-pci'),
  ...device('virtio-balloon-pci'),
  ...device('virtio-serial-pci', 'id=ports'),
  ...device('vmcoreinfo'),
  ...device('pvpanic'),
  ...device('ich9-intel-hda'),
  ...device('hda-duplex', 'audiodev=sound'),
  ...['-audiodev', 'none,id=sound'],
  ...device('isa-serial', 'chardev=serial0'),
  ...['-chardev', 'null,id=serial0'],
];

const PC_DEVICES = [
  ...device('cirrus-vga', NO_ROM),
  ...device('isa-serial', 'chardev=serial0'),
  ...['-chardev', 'null,id=serial0'],
  ...device('isa-parallel', 'chardev=parallel0'),
  ...['-chardev', 'null,id=parallel0'],
  ...disk('disk0'),
  ...device('ide-hd', 'drive=disk0'),
  ...device('ide-cd'),
  ...disk('disk1'),
  ...device('floppy', 'drive=disk1'),
  ...device('rtl8139', NO_ROM),
  ...device('e1000', NO_ROM),
  ...device('pcnet', NO_ROM),
  ...device('ne2k_isa'),
  ...device('piix3-usb-uhci', 'id=uhci'),
  ...device('usb-mouse', 'bus=uhci.0'),
  ...device('usb-ehci', 'id=ehci'),
  ...device('lsi53c895a', NO_ROM),
  ...device('AC97', 'audiodev=sound'),
  ...device('sb16', 'audiodev=sound'),
  ...['-audiodev', 'none,id=sound'],
  ...device('i6300esb'),
  ...device('pci-bridge', 'chassis_nr=1'),
];

/** The x86 machines, each stopped before its first instruction. */
export const MACHINE_RECIPES: readonly Recipe[] = [
  {
    name: 'none',
    what: 'The smallest snapshot there is: a machine with 64 KiB of RAM and no device.',
    versions: BOTH,
    machine: () => machine('x86_64', 'none', 'ram', ram(64 * 1024)),
  },
  {
    name: 'microvm',
    what: 'A microvm with 2 MiB of RAM.',
    versions: BOTH,
    machine: () => pcMachine('microvm', ram(2 * MIB), [], 'microvm.ram'),
  },
  {
    name: 'q35',
    what: 'A q35 with 16 MiB of RAM.',
    versions: BOTH,
    machine: (version) => pcMachine(`pc-q35-${version}`, ram(16 * MIB)),
  },
  {
    name: 'pc',
    what: 'An i440fx PC with 16 MiB of RAM.',
    versions: BOTH,
    machine: (version) => pcMachine(`pc-i440fx-${version}`, ram(16 * MIB)),
  },
  {
    name: 'isapc',
    what: 'A PC without PCI, with 8 MiB of RAM.',
    versions: ['10.0'],
    machine: () => pcMachine('isapc', ram(8 * MIB), ['-cpu', '486']),
  },
  {
    name: 'q35-devices',
    what: 'A q35 with four processors and many devices, so with much device state to walk.',
    versions: BOTH,
    machine: (version) => pcMachine(`pc-q35-${version}`, ram(16 * MIB), Q35_DEVICES),
  },
  {
    name: 'pc-devices',
    what: 'An i440fx PC with old devices: floppy, IDE, serial ports, network cards, sound.',
    versions: BOTH,
    machine: (version) => pcMachine(`pc-i440fx-${version}`, ram(16 * MIB), PC_DEVICES),
  },
];
