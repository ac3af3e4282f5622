import { readFileSync, writeFileSync } from 'node:fs';
import type { VectorDefinition } from '../builder/define.js';

/** How a definition damages its base: TypeScript, an expression of the mutation `m`. */
export type MutationText = string;

/** The text of a definition, as the files of src/vectors have it. */
export function definitionText(definition: VectorDefinition, mutation: MutationText): string {
  const { id, what, why, clauses, base, stage, outcome, rules = [] } = definition;
  const { needsDestination, readersMayReject } = definition;
  const members = [
    `what: ${quote(what)}`,
    `why: ${quote(why)}`,
    `clauses: [${clauses.map(quote).join(', ')}]`,
    `base: ${quote(base)}`,
    `stage: ${quote(stage)}`,
    `outcome: ${quote(outcome)}`,
    ...(needsDestination === undefined ? [] : [`needsDestination: ${quote(needsDestination)}`]),
    ...(readersMayReject === true ? ['readersMayReject: true'] : []),
    `rules: [${rules.map(quote).join(', ')}]`,
    `mutate: (m) => ${mutation}`,
  ];
  return `  vector(${quote(id)}, {\n${members.map((member) => `    ${member},\n`).join('')}  }),\n`;
}

/** Puts a definition at the end of the last list of a source file. @throws RangeError where the file does not end in one */
export function appendDefinition(path: string, text: string): void {
  const source = readFileSync(path, 'utf8');
  if (!source.endsWith('\n];\n')) throw new RangeError(`${path} does not end with a list of vectors`);
  writeFileSync(path, `${source.slice(0, -'];\n'.length)}${text}];\n`);
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', ' ')}'`;
}
