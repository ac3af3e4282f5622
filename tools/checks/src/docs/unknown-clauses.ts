import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@mapped-ram/lint';
import { CHECKOUT_PATH } from './checkout.js';

const SPECIFICATION_PATHS = ['spec/mapped-ram.md', 'spec/packed.md'];

/** Clauses that are mentioned by a rule, or within the specification, and are not there, a line each. */
export function unknownClauses(): string[] {
  const texts = SPECIFICATION_PATHS.map((path) => readFileSync(join(CHECKOUT_PATH, path), 'utf8'));
  const text = texts.join('\n');
  // A paragraph of its own, or a row of a table.
  const defined = new Set(
    [...text.matchAll(/^(?:\| )?\*\*([A-Z]+-\d+)\*\*/gm)].map((match) => match[1] ?? ''),
  );
  const prefixes = new Set([...defined].map((id) => id.replace(/-\d+$/, '')));
  const mentioned = [...text.matchAll(/\b([A-Z]+)-\d+\b/g)].filter((match) => prefixes.has(match[1] ?? ''));
  const inText = new Set(mentioned.map(([id]) => id).filter((id) => !defined.has(id)));
  const inRules = rules.flatMap((rule) =>
    rule.clauses
      .filter((clause) => !defined.has(clause))
      .map((clause) => `rule ${rule.id}: there is no clause ${clause}`),
  );
  return [...[...inText].map((id) => `spec: there is no clause ${id}`), ...inRules];
}
