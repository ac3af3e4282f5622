import { expect, test } from 'vitest';
import { listVectors, readVector, vectorStore } from '../vector/store.js';
import { definitions } from '../vectors/definitions.js';
import { generateVector } from './generate.js';

test('no id is given twice', () => {
  expect(new Set(definitions.map(({ id }) => id)).size).toBe(definitions.length);
});

test('every vector on disk has a definition, and the reverse', () => {
  expect(definitions.map(({ id }) => id).sort()).toEqual(listVectors());
});

test.each(definitions)('$id on disk is what its definition gives', async (definition) => {
  const recorded = readVector(definition.id);
  const generated = await generateVector(definition, recorded);
  expect(recorded === undefined ? '' : vectorStore.format(recorded)).toBe(vectorStore.format(generated));
});
