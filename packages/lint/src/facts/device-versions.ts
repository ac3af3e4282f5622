import { firstOversizedRing, hasRingOfUnknownLimit, stateNameOf } from '@mapped-ram/facts';
import type { OpeningSection, VmsdStruct } from '@mapped-ram/reader';
import {
  hasChange,
  hasMachineType,
  type JudgedState,
  judgeState,
  measuredAround,
  releasesWithoutRegister,
  releasesWithoutSubsection,
  targetsOfMachine,
  writtenVersions,
} from '@mapped-ram/releases';
import type { LintContext } from '../context.js';
import { cString } from './names.js';

/** A device's section, and what the destination's release makes of its version. */
export interface JudgedSection extends JudgedState {
  readonly section: OpeningSection;
  readonly where: string;
  /** The name of its state. */
  readonly state: string;
}

/** What is saved in a way of its own, with the same versions in every release (QEMU 9.0 to 11.1, `register_savevm_live`). */
const NOT_STATES: ReadonlySet<string> = new Set([
  'ram',
  'dirty-bitmap',
  'spapr/htab',
  's390-storage_attributes',
  's390-skeys',
  'todclock',
]);

/** The machine type, as far as QEMU compares it; undefined where the file names none. */
export function machineTypeOf({ snapshot }: LintContext): string | undefined {
  const machine = cString(snapshot.configuration?.machine ?? '');
  return machine === '' ? undefined : machine;
}

/** Judges every device's section. Of a machine that several targets have, one that takes the section counts. */
export function judgeSections(context: LintContext): JudgedSection[] {
  const { snapshot, target } = context;
  const machine = machineTypeOf(context);
  const targets = machine === undefined ? [] : targetsOfMachine(machine);
  return snapshot.sections.flatMap((section, index) => {
    if (section.kind !== 'full' || NOT_STATES.has(section.idstr)) return [];
    const state = stateNameOf(snapshot, section);
    const named = { name: state, version: section.versionId };
    const judged = targets.map((name) => judgeState(named, name, target.qemu));
    const best = BEST_FIRST.map((verdict) => judged.find((one) => one.verdict === verdict)).find(Boolean);
    return [{ ...(best ?? { verdict: 'unknown' as const }), section, where: `sections[${index}]`, state }];
  });
}

/** Whether releases write a state in this version; undefined where that is not known. */
export function isWritten(
  context: LintContext,
  section: OpeningSection,
  versionId: number,
): boolean | undefined {
  const state = stateNameOf(context.snapshot, section);
  const known = targetsOfMachine(machineTypeOf(context) ?? '').flatMap(
    (target) => writtenVersions(state, target) ?? [],
  );
  return known.length === 0 ? undefined : known.includes(versionId);
}

const BEST_FIRST = ['taken', 'unknown', 'too-old', 'too-new', 'missing'] as const;

/** Why it is not known whether the destination's devices take the states in the file; nothing where it is known. */
export function uncheckedReasons(context: LintContext): string[] {
  const { snapshot, target } = context;
  if (!snapshot.sections.some(({ kind }) => kind === 'full')) return [];
  const machine = machineTypeOf(context);
  if (machine === undefined) return ['the file does not name the machine type'];
  if (hasMachineType(machine, target.qemu) === 'unknown') {
    return [`it is not known whether QEMU ${target.qemu} has the machine type ${machine}`];
  }
  return [
    ...unknownStates(context),
    ...unknownSubsections(context),
    ...unknownRings(context),
    ...unknownRegisters(context),
  ];
}

function unknownStates(context: LintContext): string[] {
  const unknown = judgeSections(context).filter(({ verdict }) => verdict === 'unknown');
  const names = [...new Set(unknown.map(({ state }) => state))];
  if (names.length === 0) return [];
  const shown = names.slice(0, SHOWN_NAMES).join(', ');
  const rest = names.length > SHOWN_NAMES ? ` and ${names.length - SHOWN_NAMES} more` : '';
  return [`it is not known which versions QEMU ${context.target.qemu} takes of ${shown}${rest}`];
}

function unknownSubsections({ snapshot, target }: LintContext): string[] {
  const around = measuredAround(target.qemu);
  const devices = snapshot.vmdescription?.json?.devices ?? [];
  for (const device of devices) {
    for (const name of subsectionNames(device)) {
      if (!releasesWithoutSubsection(name).some((version) => around.includes(version))) continue;
      return [`it is not known whether QEMU ${target.qemu} takes the subsection ${name} of ${device.name}`];
    }
  }
  return [];
}

/** Names of all subsections, also of structures in the fields. */
function* subsectionNames({ fields = [], subsections = [] }: VmsdStruct): Generator<string, void, undefined> {
  for (const { struct } of fields) if (struct !== undefined) yield* subsectionNames(struct);
  for (const subsection of subsections) {
    if (subsection.vmsd_name !== undefined) yield subsection.vmsd_name;
    yield* subsectionNames(subsection);
  }
}

function unknownRings({ devices, target }: LintContext): string[] {
  const isChecked = hasChange('ringSizeChecked', target.qemu);
  if (isChecked === 'no') return [];
  const tooLong = devices.virtio.filter((device) => firstOversizedRing(device) !== undefined);
  if (isChecked === 'unknown' && tooLong.length > 0) {
    return [`it is not known whether QEMU ${target.qemu} refuses rings that are longer than queues`];
  }
  const [open] = tooLong.length > 0 ? [] : devices.virtio.filter(hasRingOfUnknownLimit);
  if (open === undefined) return [];
  return [
    `a ring of ${open.section.idstr} is longer than its queue is without an option, and QEMU ${target.qemu} refuses it unless the queue is as long`,
  ];
}

function unknownRegisters({ devices, target }: LintContext): string[] {
  const around = measuredAround(target.qemu);
  const varies = devices.armRegisters.some(({ number }) =>
    releasesWithoutRegister(number).some((version) => around.includes(version)),
  );
  const isKnown = around.some((version) => version === target.qemu);
  const timer = devices.hasNewArmTimer && hasChange('armTimerAlways', target.qemu) === 'unknown';
  return (varies || timer) && !isKnown
    ? [`it is not known whether QEMU ${target.qemu} has all registers and timers of the processor`]
    : [];
}

const SHOWN_NAMES = 5;
