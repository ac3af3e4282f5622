/** Sections that there are as many of as processors. */
const PER_PROCESSOR = new Set(['cpu', 'cpu_common', 'apic', 'icp/server', 'spapr_cpu']);

/** Devices of the board that describe every processor, or every slot of memory. */
const OF_THE_BOARD = /piix4_pm|ICH9LPC|acpi-ged|arm_gic|gicv3|riscv_aplic|riscv_mtimer|sifive_plic/;

/** Options of the machine that give a board a device which it may be without. */
const MACHINE_OPTIONS: Readonly<Record<string, string>> = {
  hpet: 'hpet=on',
  vmmouse: 'vmport=on',
  i8254: 'pit=on',
  pcspk: 'pit=on',
  i8259: 'pic=on',
  pckbd: 'i8042=on',
  ps2kbd: 'i8042=on',
  ps2mouse: 'i8042=on',
  '0000:00:1f.2/ich9_ahci': 'sata=on',
  '0000:00:1f.3/ich9_smb': 'smbus=on',
  acpi_build: 'acpi=on',
  'acpi-ged': 'acpi=on',
  mc146818rtc: 'rtc=on',
};

/** The option that gives a destination a device, or makes it like the one that was saved. */
export function deviceHelp(idstr: string): string {
  if (PER_PROCESSOR.has(idstr)) return '-smp with as many processors as were saved';
  if (OF_THE_BOARD.test(idstr)) return '-smp, gic-version and the slots of -m as they were saved';
  const ofMachine = MACHINE_OPTIONS[idstr];
  if (ofMachine !== undefined) return `-machine ${ofMachine}`;
  if (idstr === 'slirp') return '-netdev user: a network of QEMU’s own, as the file was saved with';
  const [, slot, device] = /^[0-9a-f]{4}:([0-9a-f.:]+)\/(.*)$/.exec(idstr) ?? [];
  if (slot === undefined || device === undefined) return `the device with the state ${idstr}`;
  const bus = slot.includes(':00.0:') || slot.split(':').length > 2 ? ', behind the same bridge' : '';
  const address = (slot.split(':')[1] ?? slot).replace(/\.0$/, '');
  return `-device for ${device} with addr=${address}${bus}`;
}
