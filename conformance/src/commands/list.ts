import { type Command, ExitStatus, lastValue } from '@mapped-ram/cli/command-framework';
import { readPackedVectors } from '../packing/packed-store.js';
import { readVectors } from '../vector/store.js';
import { readTasks } from '../writing/task-store.js';
import { select } from './select.js';

/** `conformance list` */
export const listCommand: Command = {
  arguments: '[options]',
  description: 'Lists the vectors, the packed files and the writing tasks, a line each: id, outcome, fault.',
  optionGroups: [
    {
      title: 'Options',
      options: [{ name: 'run', value: 'PATTERN', help: "Only those whose id fits, such as 'header/*'." }],
    },
  ],
  exitStatus: [
    ['0', 'they are listed'],
    ['2', 'the command line cannot be used, or something could not be read'],
  ],
  examples: [
    ['conformance list', 'all'],
    ["conformance list --run 'header/*'", 'those of one area'],
  ],

  run(line) {
    const run = lastValue(line, 'run');
    const tasks = readTasks().map((task) => ({ ...task, outcome: 'written' }));
    const vectors = readVectors().map((vector) => ({ ...vector, outcome: vector.expected.outcome }));
    const packed = readPackedVectors().map((vector) => ({ ...vector, outcome: vector.expected.outcome }));
    const selected = select([...vectors, ...packed, ...tasks], run);
    const width = Math.max(...selected.map(({ id }) => id.length));
    for (const { id, what, outcome } of selected) {
      console.log(`${id.padEnd(width)}  ${outcome.padEnd(8)}  ${what}`);
    }
    return Promise.resolve(ExitStatus.ok);
  },
};
