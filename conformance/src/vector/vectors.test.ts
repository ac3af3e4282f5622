import { readFileSync } from 'node:fs';
import { captureInfo, listCaptures } from '@mapped-ram/fixtures';
import { QEMU_VERSIONS } from '@mapped-ram/tool-qemu';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { seenOutcome } from './outcome.js';
import { listVectors, readVectors } from './store.js';
import { restoreModes } from './vector.js';

const schema = JSON.parse(readFileSync(new URL('../../schema/vector.schema.json', import.meta.url), 'utf8'));
const validate = new Ajv2020({ allErrors: true }).compile(schema);
const clauses = new Set(
  [
    ...readFileSync(new URL('../../../spec/mapped-ram.md', import.meta.url), 'utf8').matchAll(
      /^\*\*([A-Z]+-\d+)\*\*/gm,
    ),
  ].map(([, id]) => id),
);
const captures = new Set(listCaptures());
const vectors = readVectors();

test('there are vectors', () => {
  expect(vectors.length).toBeGreaterThan(100);
});

describe.each(vectors)('$id', (vector) => {
  test('fits the schema', () => {
    validate(vector);
    expect(validate.errors ?? []).toEqual([]);
  });

  test('is where its id says, cites clauses that exist, and has a base that exists', () => {
    expect(listVectors()).toContain(vector.id);
    expect(vector.clauses.filter((clause) => !clauses.has(clause))).toEqual([]);
    expect(captures).toContain(vector.base);
  });

  test('QEMU did what the vector expects', () => {
    expect(seenOutcome(vector)).toBe(vector.expected.outcome);
  });

  test('is recorded for every QEMU from the one that saved it on that has its machine', () => {
    const { qemu: saver, good, restoreResults } = captureInfo(vector.base);
    const since = QEMU_VERSIONS.slice(QEMU_VERSIONS.findIndex((version) => saver.includes(`${version}.`)));
    // A good capture was restored in every QEMU that has its machine.
    const wanted = since.filter((version) => !good || restoreResults?.[version] !== undefined);
    const missing = wanted.flatMap((version) =>
      restoreModes
        .filter((mode) => vector.qemu?.[version]?.[mode] === undefined)
        .map((mode) => `${version} ${mode}`),
    );
    expect(missing).toEqual([]);
  });
});
