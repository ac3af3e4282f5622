import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onlyInAll, scratchParent } from '@mapped-ram/fixtures';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readVector } from '../vector/store.js';
import type { Vector } from '../vector/vector.js';
import { expectationOf } from './expectation.js';
import { runEverything } from './run-everything.js';
import { smokeVectors } from './smoke.js';
import { vectorCase } from './vector-case.js';

const candidates = [...smokeVectors, 'stream/magic'].map((id) => {
  const vector = readVector(id) as Vector;
  return { id, testCase: vectorCase(vector), expectation: expectationOf(vector) };
});

/** Rejects whatever it is given. */
const REJECTS = `
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { cmd, seq } = JSON.parse(line);
  if (cmd === 'stop') process.exit();
  const start = { protocol: 1, name: 'rejects', version: '1', operations: ['read'] };
  console.log(JSON.stringify(cmd === 'start' ? start : { seq, rejected: { code: 'no', message: 'no' } }));
});`;

let rejects: string;
beforeAll(() => {
  rejects = mkdtempSync(join(scratchParent, 'rejecting-testee-'));
  writeFileSync(join(rejects, 'testee.cjs'), REJECTS);
  writeFileSync(join(rejects, 'testee.json'), '{ "name": "rejects", "command": ["node", "testee.cjs"] }');
});
afterAll(() => rmSync(rejects, { recursive: true }));

onlyInAll(it)('asks no more where a testee passes none of the smoke set', async () => {
  const { results, notAsked } = await runEverything(rejects, { candidates, tasks: [], keepGoing: false });
  expect(new Set(results.map(({ id }) => id))).toEqual(new Set(smokeVectors));
  expect(results.every(({ status }) => status === 'failed')).toBe(true);
  expect(notAsked).toBe(1);
});

it('asks everything where it is told to', async () => {
  const { results, notAsked } = await runEverything(rejects, { candidates, tasks: [], keepGoing: true });
  expect(results.find(({ id }) => id === 'stream/magic')).toMatchObject({ status: 'passed' });
  expect(notAsked).toBe(0);
});

onlyInAll(it)('asks everything of a testee that passes some', async () => {
  const { results } = await runEverything('ts', { candidates, tasks: [], keepGoing: false });
  expect(results.map(({ id }) => id)).toContain('stream/magic');
});
