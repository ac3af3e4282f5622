import { type Command, ExitStatus, lastValue } from '@mapped-ram/cli/command-framework';
import { generateVector } from '../builder/generate.js';
import { packedDefinitions } from '../packing/definitions.js';
import { generatePacked } from '../packing/generate-packed.js';
import { packedStore } from '../packing/packed-store.js';
import type { JsonStore } from '../store/json-store.js';
import { vectorStore } from '../vector/store.js';
import { definitions } from '../vectors/definitions.js';
import { taskDefinitions } from '../writing/definitions.js';
import { generateTask } from '../writing/generate-task.js';
import { taskStore } from '../writing/task-store.js';
import { fits, select } from './select.js';

/** `conformance generate` */
export const generateCommand: Command = {
  arguments: '[options]',
  description:
    'Makes vectors, packed files and writing tasks from their definitions in src/vectors, src/packing and src/writing. What QEMU did with a vector ' +
    "is kept where its file has not changed; 'record' fills it in where it has.",
  optionGroups: [
    {
      title: 'Options',
      options: [
        {
          name: 'check',
          help: 'Write nothing; tell whether a file on disk is not what its definition gives.',
        },
        { name: 'run', value: 'PATTERN', help: "Only those whose id fits, such as 'header/*'." },
      ],
    },
  ],
  exitStatus: [
    ['0', 'all are up to date'],
    ['1', 'with --check: some are not'],
    ['2', 'the command line cannot be used, or something could not be read'],
  ],
  examples: [['conformance generate', 'after a definition was changed']],

  async run(line) {
    const values = { check: line.flags.has('check'), run: lastValue(line, 'run') };
    select([...definitions, ...packedDefinitions, ...taskDefinitions], values.run);
    const differing = [
      ...(await bringUpToDate(vectorStore, definitions, generateVector, values)),
      ...(await bringUpToDate(packedStore, packedDefinitions, generatePacked, values)),
      ...(await bringUpToDate(taskStore, taskDefinitions, generateTask, values)),
    ];
    for (const id of differing) console.log(`${values.check ? 'stale' : 'wrote'}  ${id}`);
    if (differing.length === 0) console.log('all vectors, packed files and writing tasks are up to date');
    return values.check && differing.length > 0 ? ExitStatus.errorsFound : ExitStatus.ok;
  },
};

/** @returns the ids of what was not what its definition gives, and of what no definition gives */
async function bringUpToDate<
  Item extends { readonly id: string },
  Definition extends { readonly id: string },
>(
  store: JsonStore<Item>,
  all: readonly Definition[],
  generate: (definition: Definition, recorded: Item | undefined) => Promise<Item>,
  { check, run }: { readonly check: boolean; readonly run?: string | undefined },
): Promise<string[]> {
  const differing: string[] = [];
  for (const definition of all.filter(fits(run))) {
    const recorded = store.read(definition.id);
    const item = await generate(definition, recorded);
    if (recorded !== undefined && store.format(recorded) === store.format(item)) continue;
    differing.push(definition.id);
    if (!check) store.write(item);
  }
  if (run !== undefined) return differing;
  const orphans = store.list().filter((id) => all.every((definition) => definition.id !== id));
  if (!check) for (const id of orphans) store.remove(id);
  return [...differing, ...orphans];
}
