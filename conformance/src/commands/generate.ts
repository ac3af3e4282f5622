import { parseArgs } from 'node:util';
import { generateVector } from '../builder/generate.js';
import { formatVector, listVectors, readVector, removeVector, writeVector } from '../vector/store.js';
import { definitions } from '../vectors/definitions.js';
import type { Command } from './command.js';
import { select } from './select.js';

/** `conformance generate` */
export const generateCommand: Command = {
  name: 'generate',
  summary: 'Make the vectors from their definitions in src/vectors.',
  help: `conformance generate [--check] [--run PATTERN]

  --check         write nothing; exit status 1 where a vector on disk is not what its definition gives
  --run PATTERN   only vectors whose id fits, such as 'header/*'

What QEMU did with a vector is kept where its file has not changed; 'record' fills it in where it has.`,

  async run(args) {
    const { values } = parseArgs({
      args: [...args],
      options: { check: { type: 'boolean', default: false }, run: { type: 'string' } },
    });
    const differing = await differingVectors(values.run, values.check);
    for (const id of differing) console.log(`${values.check ? 'stale' : 'wrote'}  ${id}`);
    if (differing.length === 0) console.log('all vectors are up to date');
    return values.check && differing.length > 0 ? 1 : 0;
  },
};

/** The vectors on disk that are not what their definitions give, and those that no definition gives. */
async function differingVectors(pattern: string | undefined, check: boolean): Promise<string[]> {
  const differing: string[] = [];
  for (const definition of select(definitions, pattern)) {
    const recorded = readVector(definition.id);
    const vector = await generateVector(definition, recorded);
    if (recorded !== undefined && formatVector(recorded) === formatVector(vector)) continue;
    differing.push(definition.id);
    if (!check) writeVector(vector);
  }
  if (pattern !== undefined) return differing;
  const orphans = listVectors().filter((id) => definitions.every((definition) => definition.id !== id));
  if (!check) orphans.forEach(removeVector);
  return [...differing, ...orphans];
}
