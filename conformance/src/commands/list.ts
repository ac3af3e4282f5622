import { parseArgs } from 'node:util';
import { readVectors } from '../vector/store.js';
import type { Command } from './command.js';
import { select } from './select.js';

/** `conformance list` */
export const listCommand: Command = {
  name: 'list',
  summary: 'List the vectors: id, outcome, fault.',
  help: `conformance list [--run PATTERN]

  --run PATTERN   only vectors whose id fits, such as 'header/*'`,

  run(args) {
    const { values } = parseArgs({ args: [...args], options: { run: { type: 'string' } } });
    const vectors = select(readVectors(), values.run);
    const width = Math.max(...vectors.map(({ id }) => id.length));
    for (const { id, what, expected } of vectors) {
      console.log(`${id.padEnd(width)}  ${expected.outcome.padEnd(8)}  ${what}`);
    }
    return Promise.resolve(0);
  },
};
