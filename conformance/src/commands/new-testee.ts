import { type Command, ExitStatus, lastValue, oneOf, UsageError } from '@mapped-ram/cli/command-framework';
import { makeNewTestee, testeeLanguages } from '../scaffold/new-testee.js';
import { PROTOCOL_PATH, thisCommand } from '../scaffold/this-command.js';

/** `conformance new-testee` */
export const newTesteeCommand: Command = {
  arguments: '[options] FOLDER',
  description:
    'Makes a folder with a testee to begin with, for an implementation of your own. It answers, and reads nothing yet; ' +
    'PROTOCOL.md tells what it is asked. The name of the folder is that of the testee.',
  optionGroups: [
    {
      title: 'Options',
      options: [
        { name: 'language', value: 'NAME', help: `${testeeLanguages.join(', ')}; python by default.` },
      ],
    },
  ],
  exitStatus: [
    ['0', 'the folder is made'],
    ['2', 'the command line cannot be used, or something could not be read'],
  ],
  examples: [
    ['conformance new-testee ../mine', 'make it'],
    ['conformance run --testee ../mine', 'ask it'],
  ],

  run(line) {
    const language = oneOf('language', lastValue(line, 'language') ?? 'python', testeeLanguages);
    const [folder, ...others] = line.paths;
    if (folder === undefined || others.length > 0)
      throw new UsageError('new-testee takes the folder to make');
    for (const path of makeNewTestee(folder, language)) console.log(`wrote  ${path}`);
    const path = folder.includes('/') ? folder : `./${folder}`;
    console.log(`now: ${thisCommand()} run --testee ${path}`);
    console.log(`what it is asked: ${PROTOCOL_PATH}`);
    return Promise.resolve(ExitStatus.ok);
  },
};
