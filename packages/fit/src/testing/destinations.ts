import type { QemuTarget } from '@mapped-ram/tool-qemu';

/** A machine as command-line options, so that one can be changed at a time. */
export interface MachineOptions {
  readonly target: QemuTarget;
  readonly machine: string;
  readonly memory: string;
  readonly processors: string;
  readonly cpu?: string;
  /** Everything else, a word each. */
  readonly rest: readonly string[];
}

/** One change of a machine, and what it is. */
export interface Variation {
  readonly what: string;
  readonly change: (machine: MachineOptions) => MachineOptions;
}

/** A machine that is saved, and the destinations that the file is held against. */
export interface Family {
  readonly name: string;
  readonly machine: MachineOptions;
  readonly variations: readonly Variation[];
}

/** QEMU's arguments of a machine. */
export function argumentsOf({ machine, memory, processors, cpu, rest }: MachineOptions): string[] {
  return [
    ...['-nodefaults', '-machine', machine, '-m', memory, '-smp', processors],
    ...(cpu === undefined ? [] : ['-cpu', cpu]),
    ...rest,
  ];
}

/** Splits options into words. */
export const words = (text: string): string[] => text.split(' ');

/** Another machine, memory, number or model of processors. */
export function setting(what: string, options: Partial<MachineOptions>): Variation {
  return { what, change: (machine) => ({ ...machine, ...options }) };
}

/** Other words among the rest of the options. */
export function replaced(from: string, to: string): Variation {
  return {
    what: `${from} -> ${to === '' ? 'nothing' : to}`,
    change: (machine) => {
      const text = machine.rest.join(' ');
      if (!text.includes(from)) throw new TypeError(`${machine.machine} has no ${from}`);
      return { ...machine, rest: words(text.replace(from, to).replace(/ +/g, ' ').trim()) };
    },
  };
}

/** More options. */
export function added(text: string): Variation {
  return {
    what: `with ${text}`,
    change: (machine) => ({ ...machine, rest: [...machine.rest, ...words(text)] }),
  };
}

/** The machine that was saved. */
export const SAME: Variation = { what: 'the same', change: (machine) => machine };

const MEMORY: readonly Variation[] = [
  setting('-m 32M', { memory: '32M' }),
  setting('-m 128M', { memory: '128M' }),
];

const PROCESSORS: readonly Variation[] = [
  setting('-smp 1', { processors: '1' }),
  setting('-smp 4', { processors: '4' }),
  setting('-smp 2,maxcpus=4', { processors: '2,maxcpus=4' }),
];

const PC_DEVICES =
  '-device VGA,addr=2 -device e1000,addr=4 -device virtio-rng-pci,addr=5 -device virtio-balloon-pci,addr=6';
const Q35_DEVICES =
  '-device VGA,addr=2 -netdev user,id=n0,restrict=on -device virtio-net-pci,netdev=n0,addr=3,romfile= -drive if=none,id=d0,driver=null-co,size=1M -device virtio-blk-pci,drive=d0,addr=4 -device virtio-scsi-pci,addr=5 -device qemu-xhci,addr=6 -device pcie-root-port,id=rp,chassis=1,addr=7';

/** Every family: its machines run on both releases. */
export const FAMILIES: readonly Family[] = [
  {
    name: 'pc',
    machine: {
      ...{ target: 'x86_64', machine: 'pc-i440fx-10.0', memory: '64M', processors: '2' },
      rest: words(PC_DEVICES),
    },
    variations: [
      SAME,
      ...MEMORY,
      ...PROCESSORS,
      setting('an older machine type', { machine: 'pc-i440fx-9.2' }),
      setting('a q35', { machine: 'pc-q35-10.0' }),
      setting('without HPET', { machine: 'pc-i440fx-10.0,hpet=off' }),
      setting('without SMM', { machine: 'pc-i440fx-10.0,smm=off' }),
      setting('-cpu max', { cpu: 'max' }),
      setting('-cpu Nehalem', { cpu: 'Nehalem' }),
      setting('-cpu qemu64,-svm', { cpu: 'qemu64,-svm' }),
      replaced('e1000,addr=4', 'e1000,addr=7'),
      replaced('e1000,addr=4', 'rtl8139,addr=4'),
      replaced('e1000,addr=4', 'e1000,addr=4,romfile='),
      replaced('-device e1000,addr=4', ''),
      replaced('virtio-rng-pci,addr=5', 'virtio-rng-pci,addr=5,disable-modern=on'),
      replaced('virtio-rng-pci,addr=5', 'virtio-rng-pci,addr=5,disable-legacy=on'),
      replaced('virtio-rng-pci,addr=5', 'virtio-rng-pci,addr=5,vectors=4'),
      replaced('-device virtio-rng-pci,addr=5', ''),
      replaced('virtio-balloon-pci,addr=6', 'virtio-balloon-pci,addr=6,free-page-reporting=on'),
      replaced('VGA,addr=2', 'VGA,addr=2,vgamem_mb=32'),
      replaced('VGA,addr=2', 'VGA,addr=2,vgamem_mb=8'),
      replaced('VGA,addr=2', 'cirrus-vga,addr=2'),
      added('-device virtio-serial-pci,addr=8'),
      added('-device isa-serial'),
      added('-device pvpanic'),
    ],
  },
  {
    name: 'q35',
    machine: {
      ...{ target: 'x86_64', machine: 'pc-q35-10.0', memory: '64M', processors: '2' },
      rest: words(Q35_DEVICES),
    },
    variations: [
      SAME,
      ...MEMORY,
      ...PROCESSORS,
      setting('an older machine type', { machine: 'pc-q35-9.0' }),
      setting('-cpu max', { cpu: 'max' }),
      replaced('virtio-net-pci,netdev=n0,addr=3', 'virtio-net-pci,netdev=n0,addr=9'),
      replaced('virtio-net-pci,netdev=n0,addr=3', 'virtio-net-pci,netdev=n0,addr=3,rx_queue_size=1024'),
      replaced('virtio-net-pci,netdev=n0,addr=3', 'virtio-net-pci,netdev=n0,addr=3,mq=on,vectors=6'),
      replaced('virtio-net-pci,netdev=n0,addr=3,romfile=', 'e1000e,netdev=n0,addr=3,romfile='),
      replaced('virtio-blk-pci,drive=d0,addr=4', 'virtio-blk-pci,drive=d0,addr=4,num-queues=4'),
      replaced('virtio-blk-pci,drive=d0,addr=4', 'virtio-blk-pci,drive=d0,addr=4,queue-size=1024'),
      replaced('virtio-blk-pci,drive=d0,addr=4', 'virtio-blk-pci,drive=d0,addr=4,queue-size=128'),
      replaced('virtio-blk-pci,drive=d0,addr=4', 'virtio-blk-pci,drive=d0,addr=4,disable-legacy=on'),
      replaced('virtio-scsi-pci,addr=5', 'virtio-scsi-pci,addr=5,num_queues=4'),
      replaced('-device virtio-scsi-pci,addr=5', ''),
      replaced('qemu-xhci,addr=6', 'nec-usb-xhci,addr=6'),
      replaced('qemu-xhci,addr=6', 'qemu-xhci,addr=6,p2=8'),
      replaced('pcie-root-port,id=rp,chassis=1,addr=7', 'pcie-root-port,id=rp,chassis=1,addr=8'),
      replaced('size=1M', 'size=2M'),
      added('-device virtio-rng-pci,bus=rp'),
      added('-device intel-hda,addr=10'),
    ],
  },
  {
    name: 'arm virt',
    machine: {
      ...{ target: 'aarch64', machine: 'virt-10.0', memory: '64M', processors: '2', cpu: 'cortex-a57' },
      rest: words('-device virtio-rng-pci,addr=3'),
    },
    variations: [
      SAME,
      ...MEMORY,
      ...PROCESSORS,
      setting('-cpu cortex-a72', { cpu: 'cortex-a72' }),
      setting('-cpu max', { cpu: 'max' }),
      setting('-cpu cortex-a15', { cpu: 'cortex-a15' }),
      setting('gic-version=3', { machine: 'virt-10.0,gic-version=3' }),
      setting('an older machine type', { machine: 'virt-9.2' }),
      setting('secure=on', { machine: 'virt-10.0,secure=on' }),
      setting('virtualization=on', { machine: 'virt-10.0,virtualization=on' }),
      replaced('virtio-rng-pci,addr=3', 'virtio-rng-pci,addr=4'),
      added('-device virtio-balloon-pci,addr=5'),
    ],
  },
  {
    name: 'microvm',
    machine: {
      ...{ target: 'x86_64', machine: 'microvm', memory: '64M', processors: '1' },
      rest: words('-device virtio-rng-device'),
    },
    variations: [
      SAME,
      ...MEMORY,
      setting('-smp 2', { processors: '2' }),
      setting('acpi=off', { machine: 'microvm,acpi=off' }),
      setting('rtc=on', { machine: 'microvm,rtc=on' }),
      setting('pit=off', { machine: 'microvm,pit=off' }),
      replaced('-device virtio-rng-device', '-device virtio-balloon-device'),
      added('-device virtio-serial-device'),
    ],
  },
  {
    name: 's390x',
    machine: {
      ...{ target: 's390x', machine: 's390-ccw-virtio-10.0', memory: '64M', processors: '2' },
      rest: words('-device virtio-rng-ccw,devno=fe.0.0003'),
    },
    variations: [
      SAME,
      ...MEMORY,
      setting('-smp 1', { processors: '1' }),
      setting('-smp 4', { processors: '4' }),
      replaced('fe.0.0003', 'fe.0.0004'),
      added('-device virtio-balloon-ccw'),
    ],
  },
];
