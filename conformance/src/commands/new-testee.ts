import { parseArgs } from 'node:util';
import { makeNewTestee, testeeLanguages } from '../scaffold/new-testee.js';
import type { Command } from './command.js';
import { UsageError } from './usage-error.js';

/** `conformance new-testee` */
export const newTesteeCommand: Command = {
  name: 'new-testee',
  summary: 'Make a folder with a testee to begin with, for an implementation of your own.',
  help: `conformance new-testee FOLDER [--language ${testeeLanguages.join('|')}]

  FOLDER            is made; its name is the testee's
  --language NAME   ${testeeLanguages.join(', ')}; python by default

The testee answers, and reads nothing yet. PROTOCOL.md tells what it is asked. For example:

  npm run conformance -- new-testee ../mine
  npm run conformance -- run --testee ../mine`,

  run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { language: { type: 'string', default: 'python' } },
    });
    const [folder, ...others] = positionals;
    if (folder === undefined || others.length > 0)
      throw new UsageError('new-testee takes the folder to make');
    if (!testeeLanguages.includes(values.language)) {
      throw new UsageError(`--language takes ${testeeLanguages.join(', ')}, not ${values.language}`);
    }
    for (const path of makeNewTestee(folder, values.language)) console.log(`wrote  ${path}`);
    const path = folder.includes('/') ? folder : `./${folder}`;
    console.log(`now: npm run conformance -- run --testee ${path}`);
    return Promise.resolve(0);
  },
};
