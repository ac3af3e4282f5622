import { parseArgs } from 'node:util';
import { generateVector } from '../builder/generate.js';
import { formatVector, listVectors, readVector, removeVector, writeVector } from '../vector/store.js';
import { definitions } from '../vectors/definitions.js';
import { taskDefinitions } from '../writing/definitions.js';
import { generateTask } from '../writing/generate-task.js';
import { formatTask, listTasks, readTask, removeTask, writeTask } from '../writing/task-store.js';
import type { Command } from './command.js';
import { fits, select } from './select.js';

/** `conformance generate` */
export const generateCommand: Command = {
  name: 'generate',
  summary: 'Make vectors and writing tasks from their definitions in src/vectors and src/writing.',
  needsCheckout: true,
  help: `conformance generate [--check] [--run PATTERN]

  --check         write nothing; exit status 1 where a vector on disk is not what its definition gives
  --run PATTERN   only vectors whose id fits, such as 'header/*'

What QEMU did with a vector is kept where its file has not changed; 'record' fills it in where it has.`,

  async run(args) {
    const { values } = parseArgs({
      args: [...args],
      options: { check: { type: 'boolean', default: false }, run: { type: 'string' } },
    });
    select([...definitions, ...taskDefinitions], values.run);
    const differing = [
      ...(await differingVectors(values.run, values.check)),
      ...(await differingTasks(values.run, values.check)),
    ];
    for (const id of differing) console.log(`${values.check ? 'stale' : 'wrote'}  ${id}`);
    if (differing.length === 0) console.log('all vectors and writing tasks are up to date');
    return values.check && differing.length > 0 ? 1 : 0;
  },
};

/** The vectors on disk that are not what their definitions give, and those that no definition gives. */
async function differingVectors(pattern: string | undefined, check: boolean): Promise<string[]> {
  const differing: string[] = [];
  for (const definition of definitions.filter(fits(pattern))) {
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

/** The same for writing tasks. */
async function differingTasks(pattern: string | undefined, check: boolean): Promise<string[]> {
  const differing: string[] = [];
  for (const definition of taskDefinitions.filter(fits(pattern))) {
    const recorded = readTask(definition.id);
    const task = await generateTask(definition);
    if (recorded !== undefined && formatTask(recorded) === formatTask(task)) continue;
    differing.push(definition.id);
    if (!check) writeTask(task);
  }
  if (pattern !== undefined) return differing;
  const orphans = listTasks().filter((id) => taskDefinitions.every((definition) => definition.id !== id));
  if (!check) orphans.forEach(removeTask);
  return [...differing, ...orphans];
}
