import { booleanOption, checkOptions } from '@mapped-ram/format';
import type { ScalarValue, StateNode } from '@mapped-ram/reader';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { DeviceState } from './device-state.js';

/** Bytes of a buffer that are shown unless all are wanted. */
const SHOWN_BYTES = 64;

/** How much to show. */
export interface StateJsonOptions {
  /** Whole buffers, however long. */
  readonly full?: boolean;
}

/**
 * A value in JSON. Integers of up to 32 bits are numbers; those of 64 bits are text, because JSON's readers round them:
 * `0x1f` unsigned, `-31` signed, as `BigInt()` and Python's `int(text, 0)` take it.
 */
export type JsonScalar = number | string | boolean | null;

/** A field or a struct of a device's state in JSON. */
export interface StateJson {
  readonly name: string;
  readonly type: string;
  readonly byteOffset: number;
  readonly lengthBytes: number;
  readonly value?: JsonScalar | readonly JsonScalar[];
  /** What is no number, in hexadecimal. */
  readonly bytes?: string;
  /** Whether `bytes` is only the beginning. */
  readonly truncated?: true;
  readonly children?: readonly StateJson[];
}

/** A device in JSON. */
export interface DeviceJson {
  readonly name: string;
  readonly instanceId: number;
  readonly versionId: number;
  readonly byteOffset: number;
  readonly lengthBytes: number;
  readonly boundedBy: DeviceState['boundedBy'];
  /** Null where nothing describes the device's state. */
  readonly state: StateJson | null;
}

/** A device's state as plain values that `JSON.stringify` takes. */
export function deviceToJson({ state, ...device }: DeviceState, options: StateJsonOptions = {}): DeviceJson {
  checkOptions<StateJsonOptions>(options, { full: booleanOption });
  return { ...device, state: state === undefined ? null : stateToJson(state, options) };
}

/** A part of a device's state as plain values that `JSON.stringify` takes. */
export function stateToJson(node: StateNode, options: StateJsonOptions = {}): StateJson {
  const { name, type, byteOffset, lengthBytes, value, children } = node;
  const head = { name, type, byteOffset, lengthBytes };
  if (children !== undefined)
    return { ...head, children: children.map((child) => stateToJson(child, options)) };
  if (value instanceof Uint8Array) return { ...head, ...bytesToJson(value, options) };
  if (isList(value)) return { ...head, value: value.map((element) => scalarToJson(element, type)) };
  return { ...head, value: scalarToJson(value ?? null, type) };
}

function bytesToJson(
  bytes: Uint8Array,
  { full = false }: StateJsonOptions,
): Pick<StateJson, 'bytes' | 'truncated'> {
  const isShort = full || bytes.length <= SHOWN_BYTES;
  if (isShort) return { bytes: toHex(bytes) };
  return { bytes: toHex(bytes.subarray(0, SHOWN_BYTES)), truncated: true };
}

/** One value as JSON takes it; bytes in hexadecimal, all of them. */
export function scalarToJson(value: ScalarValue, type: string): JsonScalar {
  if (value instanceof Uint8Array) return toHex(value);
  if (typeof value !== 'bigint') return value;
  if (!/64|timer/.test(type)) return Number(value);
  return type.startsWith('u') ? `0x${value.toString(16)}` : String(value);
}

/** Whether a value is an array's. */
export function isList(value: StateNode['value']): value is readonly ScalarValue[] {
  return Array.isArray(value);
}

/** Bytes in hexadecimal, two digits each. */
export function toHex(bytes: Uint8Array): string {
  return bytesToHex(bytes);
}
