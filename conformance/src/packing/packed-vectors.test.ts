import { readFileSync } from 'node:fs';
import { loadCapture } from '@mapped-ram/fixtures';
import { openPacked } from '@mapped-ram/pack';
import { openCodec } from '@mapped-ram/pack/codec';
import { memorySource } from '@mapped-ram/reader';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import type { Candidate } from '../run/candidates.js';
import { failsTheRun } from '../run/known-failing.js';
import { runCandidates } from '../run/run-candidates.js';
import { canRun } from '../testing/can-run.js';
import { packedDefinitions } from './definitions.js';
import { generatePacked, PACKED_CAPTURE } from './generate-packed.js';
import { packedCandidates } from './packed-candidates.js';
import { listPackedVectors, packedBase, packedStore, readPackedVectors } from './packed-store.js';

const schema = JSON.parse(
  readFileSync(new URL('../../schema/packed-vector.schema.json', import.meta.url), 'utf8'),
);
const validate = new Ajv2020({ allErrors: true }).compile(schema);
const specification = readFileSync(new URL('../../../spec/packed.md', import.meta.url), 'utf8');

test('every packed file on disk has a definition, and the reverse', () => {
  expect(packedDefinitions.map(({ id }) => id).sort()).toEqual(listPackedVectors());
});

describe.each(packedDefinitions)('$id', (definition) => {
  test('on disk is what its definition gives, and fits the schema', async () => {
    const vector = packedStore.read(definition.id);
    const generated = packedStore.format(await generatePacked(definition));
    expect(vector === undefined ? '' : packedStore.format(vector)).toBe(generated);
    validate(vector);
    expect(validate.errors ?? []).toEqual([]);
  });

  test('cites clauses that exist', () => {
    expect(definition.clauses.filter((clause) => !specification.includes(`**${clause}**`))).toEqual([]);
  });
});

test.each([...new Set(readPackedVectors().map(({ base }) => base))])('%s holds the capture', async (base) => {
  const source = await openPacked(memorySource(packedBase(base)), await openCodec());
  const bytes = Buffer.alloc(source.sizeBytes);
  await source.readFrames(bytes, 0);
  const capture = await loadCapture(PACKED_CAPTURE);
  expect(bytes.equals(capture.bytes(0, capture.sizeBytes))).toBe(true);
});

/** Our own reader, and one that was written from the prose alone. */
const READERS = [
  { name: 'ts', needs: [] },
  { name: 'python-prose', needs: ['python3', 'zstd'] },
];

for (const { name, needs } of READERS) {
  const missing = needs.find((program) => !canRun(program));
  test.skipIf(missing !== undefined)(
    `${name} takes the packed files as they are to be taken${missing ? ` (missing tool: ${missing})` : ''}`,
    async () => {
      const candidates = packedCandidates();
      const results = await runCandidates(name, candidates);
      expect(results.filter(({ status }) => failsTheRun(status))).toEqual([]);
      const passed = results.filter(({ question, status }) => question === 'unpack' && status === 'passed');
      expect(passed.length).toBe(candidates.length);
    },
  );
}

test('a testee that takes everything fails those that are to be refused', async () => {
  const candidates: Candidate[] = packedCandidates().map((candidate) => ({
    ...candidate,
    expectation: { ...candidate.expectation, unpacked: { sizeBytes: 1, sha256: '' } },
  }));
  const wrong = await runCandidates('ts', candidates.slice(0, 3));
  expect(wrong.filter(({ question, status }) => question === 'unpack' && status === 'failed').length).toBe(3);
});

test('a testee that unpacks nothing is not asked', async () => {
  expect(await runCandidates('ts-quick', packedCandidates())).toEqual([]);
});
