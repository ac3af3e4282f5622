import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { allOrFew, loadCapture, onlyInAll } from '@mapped-ram/fixtures';
import { MappedRamError } from '@mapped-ram/format';
import { type Codec, openPacked } from '@mapped-ram/pack';
import { codecKinds, openCodec, openCodecOf } from '@mapped-ram/pack/codec';
import { type ByteSource, memorySource } from '@mapped-ram/reader';
import { hasProgram } from '@mapped-ram/tool-qemu';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it, test } from 'vitest';
import type { Candidate } from '../run/candidates.js';
import { failsTheRun } from '../run/known-failing.js';
import { runCandidates } from '../run/run-candidates.js';
import { packedDefinitions } from './definitions.js';
import { generatePacked, PACKED_CAPTURE } from './generate-packed.js';
import { packedCandidates } from './packed-candidates.js';
import {
  buildPackedImage,
  listPackedVectors,
  packedBase,
  packedStore,
  readPackedVectors,
} from './packed-store.js';
import type { UnpackedFile } from './packed-vector.js';

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

describe.each(codecKinds)('the codec %s', (kind) => {
  it('gives what is to be given, and refuses what is to be refused', async ({ skip }) => {
    const codec = await openCodecOf(kind);
    if (codec === undefined) return skip(`missing here: ${kind}`);
    // That a lead lies shows where it is held against the frames.
    for (const vector of readPackedVectors().filter(({ id }) => id !== 'packed/lead-lies')) {
      const image = buildPackedImage(vector);
      const unpacked = await unpackWith(codec, image).catch((error: unknown) => error);
      if (vector.expected.outcome === 'rejected') expect(unpacked, vector.id).toBeInstanceOf(MappedRamError);
      else expect(unpacked, vector.id).toEqual(vector.expected.unpacked);
    }
  });
});

async function unpackWith(codec: Codec, image: ByteSource): Promise<UnpackedFile> {
  const source = await openPacked(image, codec);
  const hash = createHash('sha256');
  // What a table says is no reason to reserve memory.
  const piece = new Uint8Array(2 ** 20);
  for (let at = 0; at < source.sizeBytes; at += piece.length) {
    hash.update(piece.subarray(0, await source.readFrames(piece, at)));
  }
  return { sizeBytes: source.sizeBytes, sha256: hash.digest('hex') };
}

/** Our own reader, and one that was written from the prose alone. */
const READERS = [
  { name: 'ts', needs: [] },
  { name: 'python-prose', needs: ['python3', 'zstd'] },
];

for (const { name, needs } of allOrFew(READERS, READERS.slice(0, 1))) {
  const missing = needs.find((program) => !hasProgram(program));
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

onlyInAll(test)('a testee that takes everything fails those that are to be refused', async () => {
  const candidates: Candidate[] = packedCandidates().map((candidate) => ({
    ...candidate,
    expectation: { ...candidate.expectation, unpacked: { sizeBytes: 1, sha256: '' } },
  }));
  const wrong = await runCandidates('ts', candidates.slice(0, 3));
  expect(wrong.filter(({ question, status }) => question === 'unpack' && status === 'failed').length).toBe(3);
});

onlyInAll(test)('a testee that unpacks nothing is not asked', async () => {
  expect(await runCandidates('ts-quick', packedCandidates())).toEqual([]);
});
