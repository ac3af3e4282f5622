import { expect, test } from 'vitest';
import type { RunResult } from './expectation.js';
import { applyKnownFailing, failsTheRun, parseKnownFailing } from './known-failing.js';

const result = (id: string, status: RunResult['status']): RunResult => ({
  id,
  question: 'read',
  status,
  detail: '',
});
const statuses = (results: readonly RunResult[]) => results.map(({ status }) => status);

test('a line is a pattern and a reason', () => {
  expect(parseKnownFailing('# comment\n\nheader/*: not read yet\n')).toEqual([
    { pattern: 'header/*', reason: 'not read yet' },
  ]);
});

test.each(['header/*', 'header/*:', 'header/*:   '])('"%s" has no reason', (line) => {
  expect(() => parseKnownFailing(line)).toThrow(SyntaxError);
});

test('a known failure does not fail the run, and an unknown one does', () => {
  const known = parseKnownFailing('a/*: reason');
  const results = applyKnownFailing([result('a/b', 'crashed'), result('c/d', 'failed')], known);
  expect(statuses(results)).toEqual(['known-failing', 'failed']);
  expect(results.map(({ status }) => failsTheRun(status))).toEqual([false, true]);
});

test('a vector that is listed and passes fails the run', () => {
  const known = parseKnownFailing('a/b: reason');
  const results = applyKnownFailing([result('a/b', 'passed')], known);
  expect(statuses(results)).toEqual(['unexpected-pass']);
  expect(failsTheRun('unexpected-pass')).toBe(true);
});

test('a vector that fails one of its questions may pass the others', () => {
  const known = parseKnownFailing('a/b: reason');
  const results = applyKnownFailing([result('a/b', 'passed'), result('a/b', 'failed')], known);
  expect(statuses(results)).toEqual(['passed', 'known-failing']);
});
