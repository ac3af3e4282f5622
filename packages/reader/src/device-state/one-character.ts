import type { VmsdDevice, VmsdField, VmsdStruct } from '../model.js';
import { type Landmark, measureState } from './measure.js';
import { isSubsectionHeader } from './subsection-header.js';

/** What a description would have to say, in one place and by one character, to fit the state. */
export interface DescriptionDoubt {
  /** `mc146818rtc.cmos_data.size` */
  readonly path: string;
  /** Absent where a member has a name that QEMU does not write. */
  readonly expected?: number | string;
  readonly actual: number | string;
}

/** The members that QEMU writes (QEMU 9.0 to 11.1, migration/vmstate.c and savevm.c). */
const MEMBERS: ReadonlySet<string> = new Set([
  ...['name', 'instance_id', 'vmsd_name', 'version', 'version_id', 'fields', 'subsections'],
  ...['type', 'size', 'array_len', 'index', 'struct'],
]);

/** Reads bytes of the state, from its start; fewer at its end. */
type ReadState = (offset: number, lengthBytes: number) => Promise<Uint8Array>;

/** A name in a subsection's header comes after the type byte and its own length; the version after it takes four bytes. */
const NAME_OFFSET = 2;
const VERSION_BYTES = 4;

/** Real devices have few fields whose number could be the damaged one; each costs a walk. */
const MAX_ATTEMPTS = 16;

/** QEMU's tables hold whole words, mostly. */
const WORD_BYTES = 4;

/**
 * Whether a description that does not fit a state would do so if one character of it were another: the description is
 * damaged then, rather than the state, of which bytes do not come or go where a file is damaged in its place.
 *
 * @param lengthBytes How long the state is in the file.
 * @returns The first such place; undefined where there is none.
 */
export async function findDescriptionDoubt(
  device: VmsdDevice,
  lengthBytes: number,
  readState: ReadState,
): Promise<DescriptionDoubt | undefined> {
  const strange = findStrangeMember(device, device.name);
  if (strange !== undefined) return strange;
  const described = measureState(device);
  const missed = await missedLandmarks(described.landmarks, readState);
  const [first] = missed;
  if (described.lengthBytes === lengthBytes) {
    return missed.length === 1 && first !== undefined ? headerDoubt(first) : undefined;
  }
  if (isWhole(described.lengthBytes) && !isWhole(lengthBytes)) return undefined;
  let attempts = 0;
  for (const { doubt, device: amended } of amendments(device, lengthBytes - described.lengthBytes)) {
    if (++attempts > MAX_ATTEMPTS) return undefined;
    const measure = measureState(amended);
    if (measure.lengthBytes !== lengthBytes) continue;
    if ((await missedLandmarks(measure.landmarks, readState)).length === 0) return doubt;
  }
  return undefined;
}

function findStrangeMember(struct: VmsdStruct, path: string): DescriptionDoubt | undefined {
  const strange = Object.keys(struct).find((member) => !MEMBERS.has(member));
  if (strange !== undefined) return { path, actual: strange };
  for (const field of struct.fields ?? []) {
    const inField = findStrangeMember(field, `${path}.${field.name}`);
    if (inField !== undefined) return inField;
    const inStruct = field.struct && findStrangeMember(field.struct, `${path}.${field.name}`);
    if (inStruct !== undefined) return inStruct;
  }
  for (const subsection of struct.subsections ?? []) {
    const inSubsection = findStrangeMember(subsection, subsection.vmsd_name ?? path);
    if (inSubsection !== undefined) return inSubsection;
  }
  return undefined;
}

interface MissedLandmark {
  readonly wanted: Uint8Array;
  readonly actual: Uint8Array;
}

async function missedLandmarks(
  landmarks: readonly Landmark[],
  readState: ReadState,
): Promise<MissedLandmark[]> {
  const missed: MissedLandmark[] = [];
  for (const landmark of landmarks) {
    const actual = await readState(landmark.offset, landmark.bytes.length);
    if (!isSubsectionHeader(actual, landmark.bytes)) missed.push({ wanted: landmark.bytes, actual });
  }
  return missed;
}

/** Where name or version of a subsection differ by a character. */
function headerDoubt({ wanted, actual }: MissedLandmark): DescriptionDoubt | undefined {
  if (actual.length !== wanted.length) return undefined;
  if (actual[0] !== wanted[0] || actual[1] !== wanted[1]) return undefined;
  const name = nameIn(wanted);
  const actualName = nameIn(actual);
  const versions = [versionIn(wanted), versionIn(actual)] as const;
  const path = `${name}.${name === actualName ? 'version' : 'vmsd_name'}`;
  if (name === actualName) {
    const [described, streamed] = versions;
    if (!differsByOneCharacter(String(described), String(streamed))) return undefined;
    return { path, expected: streamed, actual: described };
  }
  const isName = /^[\w/.: -]+$/.test(actualName);
  if (!isName || versions[0] !== versions[1] || !differsByOneCharacter(name, actualName)) return undefined;
  return { path, expected: actualName, actual: name };
}

function nameIn(header: Uint8Array): string {
  return String.fromCharCode(...header.subarray(NAME_OFFSET, -VERSION_BYTES));
}

function versionIn(header: Uint8Array): number {
  return new DataView(header.buffer, header.byteOffset, header.length).getUint32(
    header.length - VERSION_BYTES,
  );
}

interface Amendment<Struct> {
  readonly doubt: DescriptionDoubt;
  readonly device: Struct;
}

/**
 * The description with one number changed by a digit so that the state has `deltaBytes` more. Numbers within structs are
 * left alone: their sums are in the description as well, and tell where one is damaged.
 */
function* amendments<Struct extends VmsdStruct>(
  device: Struct,
  deltaBytes: number,
  path = device.vmsd_name ?? 'device',
): Generator<Amendment<Struct>> {
  const { fields = [], subsections = [] } = device;
  for (const [index, field] of fields.entries()) {
    for (const [member, expected] of wantedNumbers(field, deltaBytes)) {
      const actual = field[member];
      if (actual === undefined || !isLikelier(expected, actual)) continue;
      const doubt = { path: `${path}.${field.name}.${member}`, expected, actual };
      const changed = fields.with(index, { ...field, [member]: expected });
      yield { doubt, device: { ...device, fields: changed } };
    }
  }
  for (const [index, subsection] of subsections.entries()) {
    for (const { doubt, device: changed } of amendments(subsection, deltaBytes)) {
      yield { doubt, device: { ...device, subsections: subsections.with(index, changed) } };
    }
  }
}

/** The size, or the number of elements, with which a field has `deltaBytes` more. */
function* wantedNumbers(field: VmsdField, deltaBytes: number): Generator<['size' | 'array_len', number]> {
  const { type, size, array_len: count } = field;
  const width = widthOf(type);
  const wantedSize = size + deltaBytes / (count ?? 1);
  if (field.struct === undefined && (width === undefined || width === wantedSize)) yield ['size', wantedSize];
  if (count !== undefined) yield ['array_len', count + deltaBytes / size];
}

/** How long a value of a type is, where the type tells. */
function widthOf(type: string): number | undefined {
  if (type === 'bool') return 1;
  if (type === 'timer') return 8;
  const [, bits] = /^u?int(8|16|32|64)\b/.exec(type) ?? [];
  return bits === undefined ? undefined : Number(bits) / 8;
}

function isLikelier(expected: number, actual: number): boolean {
  if (!Number.isSafeInteger(expected) || expected < 0) return false;
  if (isWhole(actual) && !isWhole(expected)) return false;
  return differsByOneCharacter(String(expected), String(actual));
}

/** Where the description has whole words and the state has not, bytes of the state came or went after all. */
function isWhole(lengthBytes: number): boolean {
  return lengthBytes % WORD_BYTES === 0;
}

function differsByOneCharacter(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  return [...a].filter((character, index) => character !== b[index]).length === 1;
}
