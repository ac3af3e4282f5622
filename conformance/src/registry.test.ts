import { rules } from '@mapped-ram/lint';
import { describe, expect, test } from 'vitest';
import { readPackedVectors } from './packing/packed-store.js';
import { readVectors } from './vector/store.js';

const vectors = [...readVectors(), ...readPackedVectors()].map(({ id, expected }) => ({
  id,
  expected: { rules: expected.rules ?? [] },
}));

describe.each(rules.filter(({ aboutContainer }) => aboutContainer !== true))('rule $id', ({ id }) => {
  test('has a vector that fires it and one that does not', () => {
    const firing = vectors.filter(({ expected }) => expected.rules.includes(id));
    expect(firing.length, `no vector names ${id}`).toBeGreaterThan(0);
    expect(firing.length).toBeLessThan(vectors.length);
  });
});

test('every rule that a vector names is one', () => {
  const known = new Set(rules.map((rule) => rule.id));
  const unknown = vectors.flatMap(({ id, expected }) =>
    expected.rules.filter((rule) => !known.has(rule)).map((rule) => `${id}: ${rule}`),
  );
  expect(unknown).toEqual([]);
});
