import { onlyInAll } from '@mapped-ram/fixtures';
import { describe, expect, it } from 'vitest';
import type { VmsdField, VmsdStruct } from '../model.js';
import { decodeState } from './decode.js';
import { measureState } from './measure.js';

const BASE = 1000;

const field = (type: string, size: number, more: Partial<VmsdField> = {}): VmsdField => ({
  name: 'it',
  type,
  size,
  ...more,
});

const decodeFields = (fields: VmsdField[], bytes: number[]) =>
  decodeState('device', { fields }, Uint8Array.from(bytes), BASE).children;

describe('a field', () => {
  it.each([
    ['uint8', 1, [0xff], 255n],
    ['int8', 1, [0xff], -1n],
    ['uint16', 2, [0x12, 0x34], 0x1234n],
    ['int16', 2, [0xff, 0xfe], -2n],
    ['uint32', 4, [0xff, 0xff, 0xff, 0xff], 0xffffffffn],
    ['int32', 4, [0xff, 0xff, 0xff, 0xff], -1n],
    ['int32 equal', 4, [0, 0, 0, 7], 7n],
    ['int32 le', 4, [0, 0, 0, 7], 7n],
    ['uint64', 8, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], 2n ** 64n - 1n],
    ['int64', 8, [0x80, 0, 0, 0, 0, 0, 0, 0], -(2n ** 63n)],
    ['timer', 8, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], -1n],
    ['bool', 1, [1], true],
    ['bool', 1, [0], false],
    ['nullptr', 1, [0x30], null],
    ['buffer', 3, [1, 2, 3], Uint8Array.of(1, 2, 3)],
    ['float64', 8, [0, 1, 2, 3, 4, 5, 6, 7], Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7)],
    ['uint32', 3, [1, 2, 3], Uint8Array.of(1, 2, 3)],
    ['int4ernet', 1, [1], Uint8Array.of(1)],
  ])('of type %s and %i bytes', (type, size, bytes, value) => {
    expect(decodeFields([field(type, size)], bytes)).toEqual([
      { name: 'it', type, byteOffset: BASE, lengthBytes: size, value },
    ]);
  });

  it('has its place behind the ones before it', () => {
    const nodes = decodeFields([field('uint16', 2), field('uint8', 1, { name: 'other' })], [0, 1, 2]);
    expect(nodes).toMatchObject([
      { byteOffset: BASE, value: 1n },
      { name: 'other', byteOffset: BASE + 2, value: 2n },
    ]);
  });
});

describe('an array', () => {
  it('of integers gives their values', () => {
    expect(decodeFields([field('int16', 2, { array_len: 3 })], [0, 1, 0, 2, 0xff, 0xff])).toEqual([
      { name: 'it', type: 'int16[]', byteOffset: BASE, lengthBytes: 6, value: [1n, 2n, -1n] },
    ]);
  });

  it('of bytes gives the bytes', () => {
    expect(decodeFields([field('uint8', 1, { array_len: 3 })], [7, 8, 9])).toMatchObject([
      { value: Uint8Array.of(7, 8, 9) },
    ]);
  });

  it('of structs gives a node for each', () => {
    const struct = { fields: [field('uint8', 1)] };
    expect(decodeFields([field('struct', 1, { array_len: 2, struct })], [3, 4])).toMatchObject([
      { name: 'it[0]', type: 'struct', byteOffset: BASE, children: [{ value: 3n }] },
      { name: 'it[1]', type: 'struct', byteOffset: BASE + 1, children: [{ value: 4n }] },
    ]);
  });

  it('that is described element by element keeps their indices', () => {
    const nodes = decodeFields([field('uint8', 1, { index: 0 }), field('uint8', 1, { index: 1 })], [3, 4]);
    expect(nodes?.map(({ name }) => name)).toEqual(['it[0]', 'it[1]']);
  });

  it('may break off for null pointers and go on', () => {
    const struct = { fields: [field('uint16', 2)] };
    const nodes = decodeFields(
      [
        field('nullptr', 1, { array_len: 2 }),
        field('struct', 2, { struct }),
        field('nullptr', 1, { array_len: 3 }),
      ],
      [0x30, 0x30, 0, 5, 0x30, 0x30, 0x30],
    );
    expect(nodes).toMatchObject([
      { value: [null, null] },
      { children: [{ value: 5n }] },
      { value: [null, null, null] },
    ]);
  });

  it('of nothing is empty', () => {
    expect(decodeFields([field('uint32', 4, { array_len: 0 })], [])).toMatchObject([{ value: [] }]);
  });

  onlyInAll(it)('of too many values is refused before they are made', () => {
    expect(() => decodeFields([field('buffer', 0, { array_len: 2 ** 40 })], [])).not.toThrow();
    expect(() => decodeFields([field('bool', 0, { array_len: 2 ** 40 })], [])).toThrow(
      expect.objectContaining({ code: 'limit-exceeded' }),
    );
    const struct = {};
    expect(() => decodeFields([field('struct', 0, { array_len: 2 ** 40, struct })], [])).toThrow(
      expect.objectContaining({ code: 'limit-exceeded' }),
    );
  });
});

describe('parts in the field itself', () => {
  it.each(['vstruct', 'tmp'])('are those of a %s', (type) => {
    const parts = { fields: [field('uint8', 1, { name: 'part' })] };
    expect(decodeFields([{ ...field(type, 1), ...parts }], [5])).toMatchObject([
      { type, children: [{ name: 'part', value: 5n }] },
    ]);
  });

  it('are only the last of a list, so a list is one value', () => {
    const parts = { fields: [field('uint8', 1, { name: 'part' })] };
    expect(decodeFields([{ ...field('qtailq', 3), ...parts }], [1, 5, 0])).toMatchObject([
      { type: 'qtailq', value: Uint8Array.of(1, 5, 0) },
    ]);
  });
});

describe('a subsection', () => {
  const device: VmsdStruct = {
    vmsd_name: 'dev',
    fields: [field('uint8', 1)],
    subsections: [{ vmsd_name: 'dev/sub', version: 2, fields: [field('uint16', 2)] }],
  };
  const header = [5, 7, ...new TextEncoder().encode('dev/sub'), 0, 0, 0, 2];
  const body = [9, ...header, 1, 0];

  it('comes after the fields, under its header', () => {
    expect(decodeState('dev', device, Uint8Array.from(body), BASE)).toMatchObject({
      lengthBytes: body.length,
      children: [
        { value: 9n },
        {
          name: 'dev/sub',
          type: 'subsection',
          byteOffset: BASE + 1 + header.length,
          lengthBytes: 2,
          children: [{ value: 256n }],
        },
      ],
    });
  });

  it('is measured without being read', () => {
    expect(measureState(device)).toEqual({
      lengthBytes: body.length,
      landmarks: [{ offset: 1, bytes: Uint8Array.from(header) }],
    });
  });

  it.each([
    ['version', header.length],
    ['name', 5],
  ])('of another %s does not fit', (_, index) => {
    const other = Uint8Array.from(body);
    other[index] = 99;
    expect(() => decodeState('dev', device, other, BASE)).toThrow(
      expect.objectContaining({ code: 'device-state-mismatch' }),
    );
  });
});

describe('a description that does not fit', () => {
  it.each([
    ['longer', [1, 2, 3]],
    ['shorter', [1]],
  ])('because the body is %s', (_, bytes) => {
    expect(() => decodeFields([field('uint16', 2)], bytes)).toThrow(
      expect.objectContaining({ code: 'device-state-mismatch' }),
    );
  });

  it('because a struct has another size than its parts', () => {
    const struct = { fields: [field('uint8', 1)] };
    expect(() => decodeFields([field('struct', 2, { struct })], [1, 2])).toThrow(
      expect.objectContaining({ code: 'bad-vmdescription', expected: 2, actual: 1 }),
    );
  });

  it('because a field is longer than any file', () => {
    expect(() => decodeFields([field('buffer', 2 ** 52, { array_len: 2 ** 52 })], [])).toThrow(
      expect.objectContaining({ code: 'bad-vmdescription' }),
    );
  });
});
