import { expect, it } from 'vitest';
import { staleAddresses } from './addresses.js';
import { brokenLinks } from './broken-links.js';
import { listDocuments } from './checkout.js';
import { rulesWithoutTests } from './rule-tests.js';
import { unknownClauses } from './unknown-clauses.js';

it('every rule has a table of tests, and one without is told', () => {
  expect(rulesWithoutTests()).toEqual([]);
  expect(rulesWithoutTests(['ram-version', 'none'])).toEqual([
    expect.stringContaining('rules/none/rule.test.ts: the rule has no table'),
  ]);
});

it('no link leads nowhere', () => {
  const documents = listDocuments();
  expect(documents).toContain('spec/mapped-ram.md');
  expect(brokenLinks(documents)).toEqual([]);
});

it('every clause that is mentioned exists', () => {
  expect(unknownClauses()).toEqual([]);
});

it('the project is where the top package.json says, everywhere', () => {
  expect(staleAddresses()).toEqual([]);
  const moved = staleAddresses('https://example.org/elsewhere');
  expect(moved).toContain('packages/lint/package.json: bugs is to be "https://example.org/elsewhere/issues"');
  expect(moved.filter((line) => line.startsWith('packages/lint/src/sarif/sarif-log.ts: '))).toHaveLength(2);
});
