import { machineTypeTable } from './generated/machine-types.js';
import { lookUp } from './parse-table.js';
import {
  isMeasured,
  type MeasuredVersion,
  measuredAround,
  measuredVersions,
  type QemuVersion,
  qemuVersions,
} from './release.js';

/** Whether something is so in a release, as far as the tables tell. */
export type Known = 'yes' | 'no' | 'unknown';

const targetsOf = lookUp(
  machineTypeTable,
  measuredVersions,
  ({ values }) => new Map([...values].map(([version, targets]) => [version, targets.split(',')] as const)),
);

/** The targets (suffixes of `qemu-system-`) that have a machine type in any measured release; empty where none has. */
export function targetsOfMachine(machine: string): readonly string[] {
  return [...new Set([...(targetsOf(machine)?.values() ?? [])].flat())];
}

/**
 * Whether a release has a machine type. Types of distributors, which no QEMU that was asked has, are unknown; so is a type that
 * came or went between two measured releases, unless its own name says that it came later.
 */
export function hasMachineType(machine: string, version: QemuVersion): Known {
  const row = targetsOf(machine);
  if (row === undefined) return 'unknown';
  if (isLaterType(machine, version)) return 'no';
  const answers = new Set(measuredAround(version).map((measured) => row.has(measured)));
  if (answers.size !== 1 || !isMeasured(version)) return 'unknown';
  return answers.has(true) ? 'yes' : 'no';
}

/** The measured releases that have a machine type, the oldest first. */
export function releasesWithMachine(machine: string): readonly MeasuredVersion[] {
  const row = targetsOf(machine);
  return measuredVersions.filter((version) => row?.has(version) === true);
}

/** `pc-q35-11.0` came with 11.0. */
function isLaterType(machine: string, version: QemuVersion): boolean {
  const [, number] = /-(\d+\.\d+)$/.exec(machine) ?? [];
  const all: readonly (string | undefined)[] = qemuVersions;
  return all.indexOf(number) > all.indexOf(version);
}
