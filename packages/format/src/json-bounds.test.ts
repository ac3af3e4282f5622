import { expect, it } from 'vitest';
import { findJsonExcess } from './json-bounds.js';

const bytes = (text: string) => new TextEncoder().encode(text);

it.each([
  ['{}', 1],
  ['{"a": [{}, {}], "b": []}', 3],
  ['"[[[["', 0],
  ['["\\"[[[", "\\\\", []]', 2],
  ['[{"]"', 2],
])('the depth of %s is found without parsing', (text, depth) => {
  expect(findJsonExcess(bytes(text), { depth })).toBeUndefined();
  if (depth > 0) {
    expect(findJsonExcess(bytes(text), { depth: depth - 1 })).toMatchObject({
      bound: 'depth',
      most: depth - 1,
    });
  }
});

it('what closes more than was opened makes no room', () => {
  expect(findJsonExcess(bytes('[]'), { depth: 0 })).toEqual({ bound: 'depth', at: 0, most: 0 });
});

it('objects and lists are counted, and values', () => {
  const text = bytes('[[],{},[1,2,"a,b"]]');
  expect(findJsonExcess(text, { depth: 9, containers: 4, values: 4 })).toBeUndefined();
  expect(findJsonExcess(text, { depth: 9, containers: 3 })).toEqual({ bound: 'containers', at: 7, most: 3 });
  expect(findJsonExcess(text, { depth: 9, values: 3 })).toEqual({ bound: 'values', at: 11, most: 3 });
});
