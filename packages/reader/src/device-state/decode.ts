import { MappedRamError } from '@mapped-ram/format';
import type { VmsdField, VmsdStruct } from '../model.js';
import { walkState } from './state-walk.js';
import { isSubsectionHeader } from './subsection-header.js';

/** A value of a device's state, or a group of them. */
export interface StateNode {
  /** The field's name; an element of an array has its index after it: `regs[3]`. */
  readonly name: string;
  /** QEMU's name for the type, such as `uint32`, `struct`, `subsection`; an array's is its elements' with `[]`. */
  readonly type: string;
  /** Where it lies in the file. */
  readonly byteOffset: number;
  readonly lengthBytes: number;
  /** Absent where there are children. */
  readonly value?: StateValue;
  readonly children?: readonly StateNode[];
}

/**
 * Integers and timers are `bigint`, `bool` is boolean, a null pointer is null; an array of them is an array. Everything
 * else, also an array of single bytes, is its bytes as they are: a view into what was read.
 */
export type StateValue = ScalarValue | readonly ScalarValue[];

/** One value, not an array of several. */
export type ScalarValue = bigint | boolean | null | Uint8Array;

/** Elements of arrays in one section, other than single bytes. */
const MAX_ELEMENTS = 1_000_000;

/**
 * Decodes a device's state.
 *
 * @param bytes The section's whole body. Values that are bytes are views of it.
 * @param byteOffset Where the body lies in the file.
 * @throws MappedRamError `bad-vmdescription`, `device-state-mismatch` where the description does not fit the body,
 * `limit-exceeded`.
 */
export function decodeState(
  name: string,
  device: VmsdStruct,
  bytes: Uint8Array,
  byteOffset: number,
): StateNode {
  const builder = new TreeBuilder(bytes, byteOffset);
  builder.beginStruct(name, 'device', byteOffset);
  const end = walkState(device, byteOffset, builder);
  if (end !== byteOffset + bytes.length) throw mismatch(end, byteOffset + bytes.length);
  return builder.endStruct(end);
}

interface OpenStruct {
  readonly name: string;
  readonly type: string;
  readonly byteOffset: number;
  readonly children: StateNode[];
}

class TreeBuilder {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #base: number;
  readonly #open: OpenStruct[] = [];
  #elements = 0;

  constructor(bytes: Uint8Array, base: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#base = base;
  }

  beginStruct(name: string, type: string, byteOffset: number, index?: number): void {
    this.#open.push({ name: elementName(name, index), type, byteOffset, children: [] });
  }

  endStruct(endOffset: number): StateNode {
    const { byteOffset, ...struct } = this.#open.pop() as OpenStruct;
    const node = { ...struct, byteOffset, lengthBytes: endOffset - byteOffset };
    this.#open.at(-1)?.children.push(node);
    return node;
  }

  values(field: VmsdField, byteOffset: number, count: number): void {
    this.#open.at(-1)?.children.push(this.#node(field, byteOffset, count));
  }

  subsectionHeader(header: Uint8Array, byteOffset: number): void {
    const actual = this.#slice(byteOffset, header.length);
    if (!isSubsectionHeader(actual, header)) throw mismatch(byteOffset, byteOffset);
  }

  #node(field: VmsdField, byteOffset: number, count: number): StateNode {
    const { name, type, size, array_len } = field;
    if (array_len === undefined) {
      const value = this.#value(type, byteOffset, size);
      return { name: elementName(name, field.index), type, byteOffset, lengthBytes: size, value };
    }
    const array = { name, type: `${type}[]`, byteOffset, lengthBytes: size * count };
    const areBytes = size <= 1 && type !== 'bool' && type !== 'nullptr';
    const value = areBytes
      ? this.#slice(byteOffset, count * size)
      : this.#elementValues(field, byteOffset, count);
    return { ...array, value };
  }

  #elementValues({ type, size }: VmsdField, byteOffset: number, count: number): ScalarValue[] {
    this.#elements += count;
    if (this.#elements > MAX_ELEMENTS) {
      throw new MappedRamError('limit-exceeded', {
        what: 'the device state has too many values',
        byteOffset,
      });
    }
    this.#check(byteOffset, count * size);
    const read = this.#reader(type, size);
    const from = byteOffset - this.#base;
    return Array.from({ length: count }, (_, index) => read(from + index * size));
  }

  #value(type: string, byteOffset: number, lengthBytes: number): ScalarValue {
    this.#check(byteOffset, lengthBytes);
    return this.#reader(type, lengthBytes)(byteOffset - this.#base);
  }

  /** What reads a value at a place within the bytes. There are many values, and no view is made for one that is a number. */
  #reader(type: string, lengthBytes: number): (at: number) => ScalarValue {
    const [bytes, view] = [this.#bytes, this.#view];
    const bytesAt = (at: number) => bytes.subarray(at, at + lengthBytes);
    if (type === 'nullptr') return () => null;
    if (type === 'bool') return (at) => bytesAt(at).some((byte) => byte !== 0);
    const signed = signedness(type);
    if (signed === undefined) return bytesAt;
    switch (lengthBytes) {
      case 1:
        return (at) => BigInt(signed ? view.getInt8(at) : view.getUint8(at));
      case 2:
        return (at) => BigInt(signed ? view.getInt16(at) : view.getUint16(at));
      case 4:
        return (at) => BigInt(signed ? view.getInt32(at) : view.getUint32(at));
      case 8:
        return (at) => (signed ? view.getBigInt64(at) : view.getBigUint64(at));
      default:
        return bytesAt;
    }
  }

  #slice(byteOffset: number, lengthBytes: number): Uint8Array {
    this.#check(byteOffset, lengthBytes);
    const from = byteOffset - this.#base;
    return this.#bytes.subarray(from, from + lengthBytes);
  }

  #check(byteOffset: number, lengthBytes: number): void {
    if (byteOffset - this.#base + lengthBytes <= this.#bytes.length) return;
    throw mismatch(byteOffset + lengthBytes, this.#base + this.#bytes.length);
  }
}

/**
 * Whether a type is a signed or an unsigned integer; undefined where it is neither. `int32 equal` and `int32 le` are
 * checked by the destination to be equal, or less or equal; their bytes are those of `int32`.
 */
function signedness(type: string): boolean | undefined {
  if (type === 'timer') return true;
  const [, unsigned] = /^(u?)int(?:8|16|32|64)\b/.exec(type) ?? [];
  return unsigned === undefined ? undefined : unsigned === '';
}

function elementName(name: string, index: number | undefined): string {
  return index === undefined ? name : `${name}[${index}]`;
}

function mismatch(expected: number, actual: number): MappedRamError {
  return new MappedRamError('device-state-mismatch', { byteOffset: actual, expected, actual });
}
