import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readVector } from '../vector/store.js';
import type { Vector } from '../vector/vector.js';
import { expectationOf, type RunResult } from './expectation.js';
import { runTestee } from './run-testee.js';
import { findTestee } from './testees.js';
import { vectorCase } from './vector-case.js';

/** Answers `start`; what it does for `run` stands in the place of RUN, with the question's seq in `seq`. */
const TEMPLATE = `
const start = { protocol: 1, name: 'test', version: '1', operations: ['read'] };
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { cmd, seq } = JSON.parse(line);
  if (cmd === 'start') console.log(JSON.stringify(start));
  else if (cmd === 'run') { RUN }
  else process.exit();
});`;
const LIMITS = { timeoutMs: 600_000, memoryBytes: 256 * 1024 * 1024 };
const vector = readVector('stream/magic') as Vector;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mapped-ram-testee-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(script: string, limits = LIMITS): Promise<RunResult[]> {
  writeFileSync(join(folder, 'testee.cjs'), script);
  writeFileSync(
    join(folder, 'testee.json'),
    JSON.stringify({ name: 'test', command: ['node', 'testee.cjs'] }),
  );
  const questionnaire = { cases: [vectorCase(vector)], operations: ['read'] as const };
  return runTestee(findTestee(folder), questionnaire, () => expectationOf(vector), limits);
}

test.each([
  ['an answer', `console.log(JSON.stringify({ seq, rejected: { code: 'x', message: 'y' } }))`, 'passed'],
  ['a reason to skip', `console.log(JSON.stringify({ seq, skipped: { reason: 'later' } }))`, 'skipped'],
  ['an error of its own', `console.log(JSON.stringify({ seq, errored: { message: 'oh' } }))`, 'errored'],
  ['an exit', `process.exit(3)`, 'crashed'],
  ['a signal', `process.kill(process.pid, 'SIGSEGV')`, 'crashed'],
  ['an endless loop', `for (;;) {}`, 'timed-out'],
  ['silence', ``, 'timed-out'],
  ['no JSON', `console.log('fine')`, 'malformed'],
  ['another seq', `console.log(JSON.stringify({ seq: seq + 1, skipped: { reason: 'later' } }))`, 'malformed'],
  [
    'two answers in one',
    `console.log(JSON.stringify({ seq, skipped: { reason: 'x' }, errored: { message: 'y' } }))`,
    'malformed',
  ],
  ['all of the memory', `globalThis.held = Buffer.alloc(400e6, 1)`, 'over-memory'],
])('%s', async (_, action, status) => {
  const limits = status === 'timed-out' ? { ...LIMITS, timeoutMs: 100 } : LIMITS;
  const results = await run(
    TEMPLATE.replace('RUN', () => action),
    limits,
  );
  expect(results.map((result) => result.status)).toEqual([status]);
});

test('what a crashed testee wrote to its standard error is told', async () => {
  const [result] = await run(TEMPLATE.replace('RUN', `console.error('out of luck'); process.exit(3)`));
  expect(result?.detail).toBe('ended with status 3: out of luck');
});

test('a testee that does not start is an error of the run', async () => {
  await expect(run(`process.exit(1)`)).rejects.toThrow('does not start: crashed');
  await expect(run(`console.log('{"protocol":2}'); setInterval(() => {}, 1000)`)).rejects.toThrow(
    'malformed',
  );
});

test('an unknown testee is named with those that there are', () => {
  expect(() => findTestee('nobody')).toThrow(/qemu-10\.0.*ts/);
});
