import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchParent } from '@mapped-ram/fixtures';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Request, StartAnswer } from '../protocol/messages.js';
import { readVector } from '../vector/store.js';
import type { Vector } from '../vector/vector.js';
import { expectationOf } from './expectation.js';
import { runTestee } from './run-testee.js';
import { findTestee } from './testees.js';
import { type TestCase, vectorCase } from './vector-case.js';

const schema = JSON.parse(
  readFileSync(new URL('../../schema/protocol.schema.json', import.meta.url), 'utf8'),
) as { readonly $id: string };
const isRequest = new Ajv2020({ allErrors: true })
  .addSchema(schema)
  .compile({ $ref: `${schema.$id}#/$defs/request` });
const LIMITS = { timeoutMs: 600_000, memoryBytes: 256 * 1024 * 1024 };
const classic = readVector('containers/libvirt-raw') as Vector;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(scratchParent, 'echoing-testee-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What a testee is asked: it gives each question back as its reason to skip it. */
async function asked(knows: StartAnswer['knows'], testCase: TestCase): Promise<Request[]> {
  const start = {
    ...{ protocol: 1, name: 'echo', version: '1', operations: ['read', 'judge'], knows },
    judges: [{ version: '11.1', multifd: true }],
  };
  writeFileSync(
    join(folder, 'testee.cjs'),
    `require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { cmd, seq } = JSON.parse(line);
  if (cmd === 'stop') process.exit();
  console.log(cmd === 'start' ? ${JSON.stringify(JSON.stringify(start))} : JSON.stringify({ seq, skipped: { reason: line } }));
});`,
  );
  writeFileSync(join(folder, 'testee.json'), '{ "name": "echo", "command": ["node", "testee.cjs"] }');
  const questionnaire = { cases: [testCase], operations: ['read', 'judge'] as const };
  const results = await runTestee(findTestee(folder), questionnaire, () => expectationOf(classic), LIMITS);
  return results.map(({ detail }) => JSON.parse(detail) as Request);
}

it.each([
  ['the stream alone', undefined, vectorCase(classic), { streamOffset: 66821, mappedRam: false }],
  ['the file as libvirt has it', 'file', vectorCase(classic), { mappedRam: false }],
  ['a machine to restore it', 'destination', vectorCase(classic), { destination: { target: 'x86_64' } }],
  [
    'a disk',
    'destination',
    { ...vectorCase(classic), saved: undefined, internalSnapshot: 'tag' },
    { internalSnapshot: 'tag' },
  ],
] as const)('asks as the protocol says: %s', async (_, knows, testCase, members) => {
  const requests = await asked(knows, testCase as TestCase);
  expect(requests).toHaveLength(2);
  for (const request of requests) {
    isRequest(request);
    expect(isRequest.errors ?? []).toEqual([]);
    expect(request).toMatchObject(members);
    expect('streamOffset' in request).toBe(knows !== 'file');
  }
});
