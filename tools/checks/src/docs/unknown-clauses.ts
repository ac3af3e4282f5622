import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@mapped-ram/lint';
import { CHECKOUT_PATH } from './checkout.js';

const SPECIFICATION_PATH = 'spec/mapped-ram.md';

/** Clauses that are mentioned by a rule, or within the specification, and are not there, a line each. */
export function unknownClauses(): string[] {
  const text = readFileSync(join(CHECKOUT_PATH, SPECIFICATION_PATH), 'utf8');
  const defined = new Set([...text.matchAll(/^\*\*([A-Z]+-\d+)\*\*/gm)].map((match) => match[1] ?? ''));
  const prefixes = new Set([...defined].map((id) => id.replace(/-\d+$/, '')));
  const mentioned = [...text.matchAll(/\b([A-Z]+)-\d+\b/g)].filter((match) => prefixes.has(match[1] ?? ''));
  const inText = new Set(mentioned.map(([id]) => id).filter((id) => !defined.has(id)));
  const inRules = rules.flatMap((rule) =>
    rule.clauses
      .filter((clause) => !defined.has(clause))
      .map((clause) => `rule ${rule.id}: there is no clause ${clause}`),
  );
  return [...[...inText].map((id) => `${SPECIFICATION_PATH}: there is no clause ${id}`), ...inRules];
}
