import { expect, it } from 'vitest';
import { brokenLinks } from './broken-links.js';
import { listDocuments } from './checkout.js';
import { staleRulePages } from './rule-pages.js';
import { unknownClauses } from './unknown-clauses.js';

it('the pages of the rules are what their metadata and mr-lint say', async () => {
  expect(await staleRulePages(), 'node tools/checks/dist/docs/main.js writes them').toEqual([]);
});

it('no link leads nowhere', () => {
  const documents = listDocuments();
  expect(documents).toContain('spec/mapped-ram.md');
  expect(brokenLinks(documents)).toEqual([]);
});

it('every clause that is mentioned exists', () => {
  expect(unknownClauses()).toEqual([]);
});
