import { parseArgs } from 'node:util';
import { readVectors } from '../vector/store.js';
import { readTasks } from '../writing/task-store.js';
import type { Command } from './command.js';
import { select } from './select.js';

/** `conformance list` */
export const listCommand: Command = {
  name: 'list',
  summary: 'List the vectors and writing tasks: id, outcome, fault.',
  help: `conformance list [--run PATTERN]

  --run PATTERN   only vectors whose id fits, such as 'header/*'`,

  run(args) {
    const { values } = parseArgs({ args: [...args], options: { run: { type: 'string' } } });
    const tasks = readTasks().map((task) => ({ ...task, outcome: 'written' }));
    const vectors = readVectors().map((vector) => ({ ...vector, outcome: vector.expected.outcome }));
    const selected = select([...vectors, ...tasks], values.run);
    const width = Math.max(...selected.map(({ id }) => id.length));
    for (const { id, what, outcome } of selected) {
      console.log(`${id.padEnd(width)}  ${outcome.padEnd(8)}  ${what}`);
    }
    return Promise.resolve(0);
  },
};
