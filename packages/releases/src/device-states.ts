import { deviceStateTable } from './generated/device-states.js';
import { subsectionTable } from './generated/subsections.js';
import { lookUp } from './parse-table.js';
import {
  isMeasured,
  type MeasuredVersion,
  measuredAround,
  measuredVersions,
  type QemuVersion,
  versionInRange,
} from './release.js';

/** The versions of a device's state that a release takes, both included. */
export interface StateRange {
  readonly minimum: number;
  readonly version: number;
}

interface StateRow {
  readonly ranges: ReadonlyMap<MeasuredVersion, StateRange>;
  /** Whether its fields differ between measured releases though its version does not. */
  readonly layoutVaries: boolean;
}

const findState = lookUp(deviceStateTable, measuredVersions, ({ name, values }): StateRow => {
  const ranges = new Map([...values].map(([version, text]) => [version, parseRange(text)] as const));
  return { ranges, layoutVaries: name.endsWith('~') };
});

const stateOf = (name: string): StateRow | undefined => findState(name) ?? findState(`${name}~`);

function parseRange(text: string): StateRange {
  const [version, minimum] = text.split('/').map(Number);
  return { version: version ?? 0, minimum: minimum ?? 0 };
}

/**
 * What a release makes of a state's version: takes it; finds it too new or too old; has no such state; or it is not known, since
 * no measured release tells, or since its fields changed with no new version.
 */
export type StateVerdict = 'taken' | 'too-new' | 'too-old' | 'missing' | 'unknown';

/** The verdict on a state, and the versions that it was held against. */
export interface JudgedState {
  readonly verdict: StateVerdict;
  /** What the release takes, or a measured release beyond it that tells why it does not take this one. */
  readonly range?: StateRange;
}

/**
 * Judges the version of a device's state. Versions only grow from release to release: what is too new for a later one is too new,
 * what is too old for an earlier one is too old.
 *
 * @param name the state's name, as in the vmdescription (`vmsd_name`)
 * @param target suffix of `qemu-system-`
 */
export function judgeState(
  { name, version }: { readonly name: string; readonly version: number },
  target: string,
  release: QemuVersion,
): JudgedState {
  const row = stateOf(`${name}@${target}`) ?? stateOf(name);
  if (row === undefined) return { verdict: 'unknown' };
  const around = measuredAround(release);
  const later = rangeIn(row, around, (measured) => versionInRange(measured, release));
  const earlier = rangeIn(row, around, (measured) => versionInRange(measured, undefined, release));
  if (later !== undefined && version > later.version) return { verdict: 'too-new', range: later };
  if (earlier !== undefined && version < earlier.minimum) return { verdict: 'too-old', range: earlier };
  if (around.every((measured) => !row.ranges.has(measured))) {
    return { verdict: isMeasured(release) ? 'missing' : 'unknown' };
  }
  const isTaken =
    isMeasured(release) &&
    !row.layoutVaries &&
    around.every((measured) => isWithin(version, row.ranges.get(measured)));
  const range = later ?? earlier;
  return { verdict: isTaken ? 'taken' : 'unknown', ...(range !== undefined && { range }) };
}

/**
 * The versions of a state that measured releases write, which are those of their own devices.
 *
 * @param target suffix of `qemu-system-`
 * @returns undefined where no measured release is known to have the state
 */
export function writtenVersions(name: string, target: string): readonly number[] | undefined {
  const row = stateOf(`${name}@${target}`) ?? stateOf(name);
  return row && [...row.ranges.values()].map(({ version }) => version);
}

function rangeIn(
  { ranges }: StateRow,
  around: readonly MeasuredVersion[],
  counts: (measured: MeasuredVersion) => boolean,
): StateRange | undefined {
  const measured = around.find(counts);
  return measured === undefined ? undefined : ranges.get(measured);
}

function isWithin(version: number, range: StateRange | undefined): boolean {
  return range !== undefined && version >= range.minimum && version <= range.version;
}

const subsectionOf = lookUp(subsectionTable, measuredVersions, ({ values }) =>
  [...values.values()].flatMap((text) => text.split(',')),
);

/**
 * The measured releases that do not know a subsection that others do; empty for those that all know, and for those that none
 * of them was seen to have.
 */
export function releasesWithoutSubsection(name: string): readonly MeasuredVersion[] {
  const having = subsectionOf(name);
  return having === undefined ? [] : measuredVersions.filter((version) => !having.includes(version));
}
