import { MAX_CHANNELS } from '@mapped-ram/multifd/limits';
import { manyFilesGroup } from '../shared/many/many-options.js';
import type { OptionGroup, OptionSpec } from '../shared/option-spec.js';
import { bitmapOrderOption, offsetOption, snapshotOption } from '../shared/reading-options.js';

/** Every output format, the default first. */
export const formats = ['pretty', 'json', 'jsonl', 'sarif', 'github'] as const;
export type Format = (typeof formats)[number];

/** Every level that `--rule` can give to a rule. */
export const levels = ['off', 'note', 'warning', 'error'] as const;
export type Level = (typeof levels)[number];

/** The shortest help there is. */
export const USAGE = 'usage: mr-lint [options] FILE...';

/** All options, in the order of the help. */
export const optionGroups: readonly OptionGroup[] = [
  {
    title: 'What to predict',
    options: [
      { name: 'qemu', value: 'VERSION', help: 'The QEMU that will restore the file: {versions}.' },
      { name: 'multifd', help: 'It restores with the multifd capability on.' },
    ],
  },
  {
    title: 'How to read the file',
    options: [
      { name: 'deep', help: 'Read the contents of the pages too.' },
      {
        name: 'channels',
        value: 'N',
        help: `Threads that read pages in a deep run, 1 to ${MAX_CHANNELS}; by default one a processor, for a large file.`,
      },
      { name: 'direct-io', help: 'In a deep run, read pages past the page cache if the file system can.' },
      snapshotOption,
      offsetOption,
      bitmapOrderOption,
    ],
  },
  manyFilesGroup,
  {
    title: 'What to print',
    options: [
      {
        name: 'format',
        value: 'FORMAT',
        help: `How to print the findings: ${formats.join(', ')}; pretty by default.`,
      },
      {
        name: 'rule',
        value: 'ID=LEVEL',
        repeatable: true,
        help: 'Report a rule as off, note, warning or error. The verdict and the exit status go by what QEMU does all the same. May be repeated.',
      },
      { name: 'quiet', short: 'q', help: 'Only errors, and only files that have one.' },
    ],
  },
  {
    title: 'About the rules and the program',
    options: [
      { name: 'rules', help: 'List all rules; with --format json for programs.' },
      { name: 'explain', value: 'ID', help: 'Tell all about a rule.' },
      { name: 'version', short: 'V', help: 'Print the version.' },
      { name: 'help', short: 'h', help: 'Print this text.' },
    ],
  },
];

/** All options in one list. */
export const allOptions: readonly OptionSpec[] = optionGroups.flatMap(({ options }) => options);
