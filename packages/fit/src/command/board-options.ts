import type { OpeningSection, Snapshot } from '@mapped-ram/reader';

/** An option of a machine that adds or leaves out a device of the board. */
interface BoardOption {
  readonly machines: RegExp;
  /** The section of the device. */
  readonly section: string;
  /** Another section, without which the device cannot be there. */
  readonly needs?: string;
  /** What the option is where the section is there, and where it is missing; nothing where that is the machine's own way. */
  readonly present?: Readonly<Record<string, string>>;
  readonly absent?: Readonly<Record<string, string>>;
}

/** Found by starting each machine of QEMU 10.0 and 11.1 with and without the option. */
const OPTIONS: readonly BoardOption[] = [
  { machines: /^pc-/, section: 'hpet', absent: { hpet: 'off' } },
  { machines: /^pc-/, section: 'vmmouse', needs: 'pckbd', absent: { vmport: 'off' } },
  { machines: /^(pc-|microvm)/, section: 'i8254', absent: { pit: 'off' } },
  { machines: /^(pc-|microvm)/, section: 'i8259', absent: { pic: 'off' } },
  { machines: /^pc-/, section: 'pckbd', absent: { i8042: 'off' } },
  { machines: /^pc-i440fx/, section: '0000:00:01.3/piix4_pm', absent: { acpi: 'off' } },
  { machines: /^pc-q35/, section: 'acpi_build', absent: { acpi: 'off' } },
  { machines: /^pc-q35/, section: '0000:00:1f.2/ich9_ahci', absent: { sata: 'off' } },
  { machines: /^pc-q35/, section: '0000:00:1f.3/ich9_smb', absent: { smbus: 'off' } },
  { machines: /^microvm$/, section: 'acpi-ged', absent: { acpi: 'off' } },
  { machines: /^microvm$/, section: 'mc146818rtc', present: { rtc: 'on' }, absent: { rtc: 'off' } },
  { machines: /^virt(-|$)/, section: 'arm_gicv3', present: { 'gic-version': '3' } },
];

/** Options of `-machine` that follow from which of the board's devices are there. */
export function boardOptions(snapshot: Snapshot, machine: string): Readonly<Record<string, string>> {
  const names = new Set(
    snapshot.sections
      .filter((section): section is OpeningSection => section.kind === 'full')
      .map(({ idstr }) => idstr),
  );
  // Of a file that was cut off nothing can be missed.
  if (!names.has('globalstate')) return {};
  const found: Record<string, string> = {};
  for (const { machines, section, needs, present = {}, absent = {} } of OPTIONS) {
    const counts = machines.test(machine) && (needs === undefined || names.has(needs));
    if (counts) Object.assign(found, names.has(section) ? present : absent);
  }
  return found;
}
