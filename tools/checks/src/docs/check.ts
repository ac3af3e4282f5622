import { staleAddresses } from './addresses.js';
import { brokenLinks } from './broken-links.js';
import { listDocuments } from './checkout.js';
import { staleRulePages } from './rule-pages.js';
import { rulesWithoutTests } from './rule-tests.js';
import { unknownClauses } from './unknown-clauses.js';

/** What is wrong with the documents, a line each. */
export async function checkDocuments(): Promise<string[]> {
  return [
    ...(await staleRulePages()),
    ...rulesWithoutTests(),
    ...brokenLinks(listDocuments()),
    ...unknownClauses(),
    ...staleAddresses(),
  ];
}
