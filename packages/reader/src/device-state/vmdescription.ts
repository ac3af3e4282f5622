import { MappedRamError } from '@mapped-ram/format';
import type { Vmdescription, VmsdDevice, VmsdField, VmsdStruct } from '../model.js';
import { checkVmdescriptionBounds } from './vmdescription-bounds.js';

/** Structs within structs; QEMU's deepest devices have about eight. */
const MAX_DEPTH = 64;

/**
 * Parses the vmdescription's JSON and checks every member that the walk relies on.
 *
 * @param byteOffset Where the JSON starts in the file, for errors.
 * @throws MappedRamError `bad-vmdescription`; `limit-exceeded` where parsing it would take more memory than any real one.
 */
export function parseVmdescription(json: Uint8Array, byteOffset: number): Vmdescription {
  checkVmdescriptionBounds(json, byteOffset);
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
    checkVmdescription(value);
    return value;
  } catch (error) {
    if (error instanceof MappedRamError) throw error;
    const what = `the vmdescription is not JSON: ${(error as Error).message}`;
    throw new MappedRamError('bad-vmdescription', { what, byteOffset, path: 'vmdescription', cause: error });
  }
}

/** The instance id in a stream that any instance of most devices answers to. */
const ANY_INSTANCE = 0xffffffff;

/**
 * Devices that answer to a second number of their own instead, and which that is of each instance, where it is known: the I/O port (`find_se` and
 * `qdev_set_legacy_instance_id`; ran, QEMU 10.0.13 and 11.1.3, 95 devices of 13 captures). That of `mc146818rtc` is 0x70 for 10.0 and no longer for 11.1,
 * that of a `serial` its port or its address, as the machine has it, and those of the last two are 0.
 */
const SECOND_INSTANCES: ReadonlyMap<string, readonly number[]> = new Map<string, readonly number[]>([
  ['fdc', [0x3f0]],
  ['i8254', [0x40]],
  ['i8259', [0x20, 0xa0]],
  ['mc146818rtc', []],
  ['serial', []],
  ['s390-skeys', []],
  ['todclock', []],
]);

/** The instance that a number in a stream means; undefined where the first device of the name answers, whatever its instance. */
export function instanceMeant(idstr: string, instanceId: number): number | undefined {
  const seconds = SECOND_INSTANCES.get(idstr);
  if (seconds === undefined) return instanceId === ANY_INSTANCE ? undefined : instanceId;
  const instance = seconds.indexOf(instanceId);
  return instance < 0 ? instanceId : instance;
}

/**
 * The description of one device's state: the first with this idstr and instance, as QEMU looks it up (`find_se`, QEMU
 * 9.0 to 11.1, migration/savevm.c).
 */
export function findDevice(
  vmdescription: Vmdescription,
  idstr: string,
  instanceId: number,
): VmsdDevice | undefined {
  const meant = instanceMeant(idstr, instanceId);
  return vmdescription.devices.find(
    ({ name, instance_id }) => name === idstr && (meant === undefined || instance_id === meant),
  );
}

function checkVmdescription(value: unknown): asserts value is Vmdescription {
  const root = objectAt(value, 'vmdescription');
  optional(root.page_size, isLength, 'vmdescription.page_size');
  if (root.configuration !== undefined) {
    checkStruct(root.configuration, 'vmdescription.configuration', 0);
  }
  for (const [index, device] of listAt(root.devices, 'vmdescription.devices').entries()) {
    const path = `vmdescription.devices[${index}]`;
    checkStruct(device, path, 0);
    const { name, instance_id } = device as Partial<VmsdDevice>;
    required(name, isText, `${path}.name`);
    required(instance_id, Number.isSafeInteger, `${path}.instance_id`);
  }
}

function checkStruct(value: unknown, path: string, depth: number): asserts value is VmsdStruct {
  if (depth > MAX_DEPTH) {
    throw new MappedRamError('limit-exceeded', { what: 'the vmdescription is nested too deeply', path });
  }
  const struct = objectAt(value, path);
  optional(struct.vmsd_name, isText, `${path}.vmsd_name`);
  optional(struct.version, Number.isSafeInteger, `${path}.version`);
  for (const [index, field] of listAt(struct.fields ?? [], `${path}.fields`).entries()) {
    checkField(field, `${path}.fields[${index}]`, depth + 1);
  }
  for (const [index, subsection] of listAt(struct.subsections ?? [], `${path}.subsections`).entries()) {
    const at = `${path}.subsections[${index}]`;
    checkStruct(subsection, at, depth + 1);
    required(subsection.vmsd_name, isText, `${at}.vmsd_name`);
    required(subsection.version, isLength, `${at}.version`);
  }
}

function checkField(value: unknown, path: string, depth: number): asserts value is VmsdField {
  const field = objectAt(value, path);
  required(field.name, isText, `${path}.name`);
  required(field.type, isText, `${path}.type`);
  required(field.size, isLength, `${path}.size`);
  optional(field.array_len, isLength, `${path}.array_len`);
  optional(field.index, isLength, `${path}.index`);
  if (field.struct !== undefined) checkStruct(field.struct, `${path}.struct`, depth);
  if (field.fields !== undefined) checkStruct(field, path, depth);
}

function objectAt(value: unknown, path: string): Record<string, unknown> {
  required(value, (it) => typeof it === 'object' && it !== null && !Array.isArray(it), path);
  return value as Record<string, unknown>;
}

function listAt(value: unknown, path: string): readonly unknown[] {
  required(value, Array.isArray, path);
  return value as readonly unknown[];
}

function required(value: unknown, isRight: (value: unknown) => boolean, path: string): void {
  if (isRight(value)) return;
  const what = `the vmdescription ${value === undefined ? 'lacks a member' : 'has an unusable member'}`;
  throw new MappedRamError('bad-vmdescription', { what, path });
}

function optional(value: unknown, isRight: (value: unknown) => boolean, path: string): void {
  if (value !== undefined) required(value, isRight, path);
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

/** A count or length: JSON knows no exact numbers above 2^53 - 1. */
function isLength(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
