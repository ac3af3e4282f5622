import { MappedRamError } from '@mapped-ram/format';
import type { OpeningSection, ScalarValue, StateNode } from '@mapped-ram/reader';
import { type DeviceId, deviceSections } from '../devices/device-sections.js';
import { stateFields } from '../devices/state-fields.js';
import { isList } from '../devices/state-json.js';
import { isSameBytes } from '../same-bytes.js';
import type { Pair, SnapshotFile } from './compare-pages.js';

/** A value that two snapshots have differently; undefined where one has none. */
export interface FieldDifference {
  /** As `stateFields` names it; an element of an array has its index behind it. */
  readonly path: string;
  /** The type of the value that is there. */
  readonly type: string;
  readonly a: ScalarValue | undefined;
  readonly b: ScalarValue | undefined;
}

/** A device whose state differs between two snapshots. */
export interface DeviceDifference extends DeviceId {
  /**
   * - `fields`: these fields differ;
   * - `bytes`: the states differ, but nothing describes at least one of them;
   * - `only-a`, `only-b`: the other snapshot has no such device.
   */
  readonly kind: 'fields' | 'bytes' | 'only-a' | 'only-b';
  /** Versions of the state, where they differ. */
  readonly versions?: Pair<number>;
  readonly fields: readonly FieldDifference[];
}

/**
 * Compares the state of all devices, by name and instance.
 *
 * @throws MappedRamError `read-failed`.
 */
export async function compareDevices(files: Pair<SnapshotFile>): Promise<DeviceDifference[]> {
  const [left, right] = [sectionsById(files[0]), sectionsById(files[1])];
  const differences: DeviceDifference[] = [];
  for (const [id, a] of left) {
    const b = right.get(id);
    const device = { name: a.idstr, instanceId: a.instanceId };
    const difference =
      b === undefined ? { kind: 'only-a' as const, fields: [] } : await compareDevice(files, [a, b]);
    if (difference !== undefined) differences.push({ ...device, ...difference });
  }
  for (const [id, { idstr, instanceId }] of right) {
    if (!left.has(id)) differences.push({ name: idstr, instanceId, kind: 'only-b', fields: [] });
  }
  return differences;
}

function sectionsById({ snapshot }: SnapshotFile): Map<string, OpeningSection> {
  return new Map(
    deviceSections(snapshot).map((section) => [`${section.instanceId}/${section.idstr}`, section]),
  );
}

async function compareDevice(
  files: Pair<SnapshotFile>,
  [a, b]: Pair<OpeningSection>,
): Promise<Omit<DeviceDifference, keyof DeviceId> | undefined> {
  const versions = a.versionId === b.versionId ? {} : { versions: [a.versionId, b.versionId] as const };
  const states = [await stateOf(files[0], a), await stateOf(files[1], b)] as const;
  if (states[0] === undefined || states[1] === undefined) {
    const isSame = await haveSameBytes(files, [a, b]);
    return isSame && a.versionId === b.versionId ? undefined : { kind: 'bytes', ...versions, fields: [] };
  }
  const fields = compareStates(states[0], states[1]);
  return fields.length === 0 && a.versionId === b.versionId
    ? undefined
    : { kind: 'fields', ...versions, fields };
}

/** Undefined where nothing describes the state, or not rightly. */
async function stateOf({ snapshot }: SnapshotFile, section: OpeningSection): Promise<StateNode | undefined> {
  try {
    return await snapshot.decodeDeviceState(section);
  } catch (error) {
    if (error instanceof MappedRamError && error.code !== 'read-failed') return undefined;
    throw error;
  }
}

const PIECE_BYTES = 1024 * 1024;

async function haveSameBytes(files: Pair<SnapshotFile>, [a, b]: Pair<OpeningSection>): Promise<boolean> {
  if (a.bodyLengthBytes !== b.bodyLengthBytes) return false;
  for (let at = 0; at < a.bodyLengthBytes; at += PIECE_BYTES) {
    const length = Math.min(PIECE_BYTES, a.bodyLengthBytes - at);
    const pieces = [new Uint8Array(length), new Uint8Array(length)] as const;
    await files[0].source.read(pieces[0], a.bodyOffset + at);
    await files[1].source.read(pieces[1], b.bodyOffset + at);
    if (!isSameBytes(...pieces)) return false;
  }
  return true;
}

/** The values that differ between two states of one device. */
export function compareStates(a: StateNode, b: StateNode): FieldDifference[] {
  const left = new Map(values(a));
  const right = new Map(values(b));
  const paths = new Set([...left.keys(), ...right.keys()]);
  return [...paths].flatMap((path) => {
    const [x, y] = [left.get(path), right.get(path)];
    if (x !== undefined && y !== undefined && isSame(x.value, y.value)) return [];
    return [{ path, type: (x ?? y)?.type ?? '', a: x?.value, b: y?.value }];
  });
}

/** Every value of a state with its path, those of arrays one by one. */
function* values(state: StateNode): Generator<[path: string, { type: string; value: ScalarValue }]> {
  for (const { path, node } of stateFields(state)) {
    const { value = null, type } = node;
    if (!isList(value)) yield [path, { type, value }];
    else
      for (const [index, element] of value.entries()) yield [`${path}[${index}]`, { type, value: element }];
  }
}

function isSame(a: ScalarValue, b: ScalarValue): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return isSameBytes(a, b);
  return a === b;
}
