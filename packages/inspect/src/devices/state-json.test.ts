import type { StateNode } from '@mapped-ram/reader';
import { expect, it } from 'vitest';
import { findState, stateFields } from './state-fields.js';
import { stateToJson } from './state-json.js';

const place = { byteOffset: 16, lengthBytes: 8 };
const state: StateNode = {
  ...place,
  name: 'device',
  type: 'device',
  children: [
    { ...place, name: 'count', type: 'uint32', value: 0xffff_ffffn },
    { ...place, name: 'address', type: 'uint64', value: 0x1fn },
    { ...place, name: 'offset', type: 'int64', value: -31n },
    { ...place, name: 'unused', type: 'unused_buffer', value: Uint8Array.of(1, 2) },
    { ...place, name: 'unused', type: 'buffer', value: new Uint8Array(100).fill(0xab) },
    { ...place, name: 'list', type: 'uint64[]', value: [1n, 2n] },
    { ...place, name: 'nothing', type: 'nullptr', value: null },
    {
      ...place,
      name: 'a.b',
      type: 'struct',
      children: [{ ...place, name: 'c', type: 'bool', value: true }],
    },
    { ...place, name: 'a', type: 'struct', children: [{ ...place, name: 'b.d', type: 'int8', value: -1n }] },
  ],
};

it('names every field, and tells those of one name apart', () => {
  expect([...stateFields(state)].map(({ path }) => path)).toEqual([
    ...['count', 'address', 'offset', 'unused', 'unused#2', 'list', 'nothing', 'a.b.c', 'a.b.d'],
  ]);
});

it('finds a field by its name, and a struct, though names have dots in them', () => {
  for (const { path, node } of stateFields(state)) expect(findState(state, path)).toBe(node);
  expect(findState(state, 'a')?.children).toHaveLength(1);
  for (const path of ['', 'b', 'a.b.e', 'unused#3', 'count.x'])
    expect(findState(state, path)).toBeUndefined();
});

it('writes integers so that no reader rounds them', () => {
  const children = stateToJson(state).children ?? [];
  expect(children.map(({ value }) => value)).toEqual([
    ...[0xffff_ffff, '0x1f', '-31', undefined, undefined, ['0x1', '0x2'], null, undefined, undefined],
  ]);
  expect(children[7]?.children?.[0]?.value).toBe(true);
  expect(children[8]?.children?.[0]?.value).toBe(-1);
});

it('shortens buffers unless all is wanted', () => {
  const buffer = (full: boolean) => stateToJson(state, { full }).children?.[4];
  expect(buffer(false)).toMatchObject({ bytes: 'ab'.repeat(64), truncated: true });
  expect(buffer(true)).toEqual({ ...place, name: 'unused', type: 'buffer', bytes: 'ab'.repeat(100) });
});
