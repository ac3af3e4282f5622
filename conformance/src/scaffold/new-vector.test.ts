import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onlyInAll, scratchParent } from '@mapped-ram/fixtures';
import { findQemu, QEMU_VERSIONS } from '@mapped-ram/tool-qemu';
import { afterAll, beforeAll, expect, it, test } from 'vitest';
import { readVector } from '../vector/store.js';
import type { Vector } from '../vector/vector.js';
import { appendDefinition, definitionText } from './definition-text.js';
import { MutationError, makeNewVector, type VectorIdea } from './new-vector.js';

const known = readVector('header/page-size-zero');
const idea: VectorIdea = {
  ...{ id: 'header/new', what: 'page_size is 0.', why: 'It’s "divided" by it.', clauses: ['HEADER-3'] },
  ...{ base: 'qemu-10.0/none', stage: 'mapped-ram-header' },
  mutation: 'm.u64(m.block(0).pageSizeOffset, 0n)',
};

const missing = QEMU_VERSIONS.flatMap((version) => {
  const program = findQemu(version);
  return program.kind === 'missing' ? [program.reason] : [];
});
const skipped = missing.length === 0 ? '' : ` (missing tool: ${missing.join('; ')})`;

/** What each QEMU did; its package may have been built anew since. */
function answersOf(vector: Vector | undefined) {
  return Object.entries(vector?.qemu ?? {}).map(([release, { plain, multifd }]) => ({
    release,
    plain,
    multifd,
  }));
}

onlyInAll(test.skipIf(skipped !== ''))(
  `what a vector expects is what QEMU does, and its rules are those that fire${skipped}`,
  async () => {
    const { vector, predicted } = await makeNewVector(idea);
    expect(vector).toMatchObject({ edits: known?.edits, file: known?.file });
    expect(answersOf(vector)).toEqual(answersOf(known));
    expect(vector.expected).toEqual(known?.expected);
    expect(predicted.get('10.0 plain')).toBe('crashes');
  },
);

test('a mutation that does not run is told', async () => {
  await expect(makeNewVector({ ...idea, mutation: 'm.u64(' })).rejects.toThrow(MutationError);
  await expect(makeNewVector({ ...idea, mutation: 'm.nothing()' })).rejects.toThrow(
    'm.nothing is not a function',
  );
});

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(scratchParent, 'new-vector-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

it('appends a definition to a list, its text quoted', () => {
  const path = join(folder, 'header.ts');
  writeFileSync(path, 'export const headerVectors = [\n];\n');
  const definition = {
    ...idea,
    why: "It's\nodd: \\",
    outcome: 'rejected' as const,
    mutate: () => {},
    needsDestination: 'only it knows',
  };
  appendDefinition(path, definitionText({ ...definition, rules: ['page-size-zero'] }, idea.mutation));
  expect(readFileSync(path, 'utf8')).toBe(`export const headerVectors = [
  vector('header/new', {
    what: 'page_size is 0.',
    why: 'It\\'s odd: \\\\',
    clauses: ['HEADER-3'],
    base: 'qemu-10.0/none',
    stage: 'mapped-ram-header',
    outcome: 'rejected',
    needsDestination: 'only it knows',
    rules: ['page-size-zero'],
    mutate: (m) => m.u64(m.block(0).pageSizeOffset, 0n),
  }),
];
`);
  writeFileSync(path, 'export {};\n');
  expect(() => appendDefinition(path, '')).toThrow('does not end with a list');
});
