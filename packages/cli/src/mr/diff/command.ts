import {
  diffSnapshots,
  isSame,
  type Pair,
  type SnapshotDifference,
  type SnapshotFile,
} from '@mapped-ram/inspect';
import { ThreadedPageComparer } from '@mapped-ram/multifd';
import { MAX_CHANNELS } from '@mapped-ram/multifd/limits';
import { classicStreamOf, type FilePair } from '@mapped-ram/transform';
import type { Command, CommandContext } from '../../shared/command.js';
import type { CommandLine } from '../../shared/command-line.js';
import { ExitStatus } from '../../shared/exit-status.js';
import { lastValue, oneOf } from '../../shared/option-values.js';
import { printableJson } from '../../shared/printable.js';
import { textColumns } from '../../shared/terminal.js';
import { UsageError } from '../../shared/usage-error.js';
import { channelOptions } from '../channel-options.js';
import { formatOption, wantsJson } from '../file-options.js';
import { paintFor } from '../paint.js';
import { withProgress } from '../progress.js';
import { readingGroup, readingOptions, withSnapshotFile } from '../snapshot-file.js';
import { diffJson } from './diff-json.js';
import { diffText } from './diff-text.js';

/** Runs of pages that JSON has of each block, unless all are wanted. */
const MAX_RUNS = 1000;

/** How threads compare the files; undefined where they are not worth it. @throws UsageError */
function pairChannels(
  line: CommandLine,
  [a, b]: Pair<string>,
  context: CommandContext,
): FilePair['channels'] {
  return channelOptions(line, a, context) && channelOptions(line, b, context);
}

/** Threads read at the places that pages have in the files themselves; in the view of a classic stream they have others. */
function arePlaces(files: Pair<SnapshotFile>): boolean {
  return files.every(({ source }) => classicStreamOf(source) === undefined);
}

/** `mr diff` */
export const diffCommand: Command = {
  arguments: '[options] A B',
  description:
    'Tells in what two snapshots differ: pages of guest memory, by block and run, fields of the devices, and what the ' +
    'headers say. Only what counts is compared: not how the files are laid out, nor what lies under clear bits.',
  optionGroups: [
    {
      title: 'What to compare',
      options: [
        { name: 'only', value: 'pages|devices', help: 'Nothing but memory, or nothing but the devices.' },
      ],
    },
    { ...readingGroup, title: 'How to read both files' },
    {
      title: 'How to compare pages',
      options: [
        {
          name: 'channels',
          value: 'N',
          help: `Threads that read both files, 1 to ${MAX_CHANNELS}; by default one a processor, for large files that are no containers.`,
        },
        { name: 'direct-io', help: 'Go past the page cache where the file systems can.' },
      ],
    },
    {
      title: 'What to print',
      options: [
        formatOption,
        {
          name: 'all',
          help: 'All runs of pages and all fields; otherwise the first of each, and how many more.',
        },
        { name: 'quiet', short: 'q', help: 'Nothing: the exit status tells.' },
      ],
    },
  ],
  exitStatus: [
    ['0', 'they are the same'],
    ['1', 'they differ'],
    ['2', 'a file or an option could not be used'],
  ],
  examples: [
    ['mr diff before.mr after.mr', 'what did the guest change?'],
    ['mr diff --only devices before.mr after.mr', 'without reading memory'],
    ['mr diff --all --format json a.mr b.mr', 'every run and field, for programs'],
  ],

  async run(line, context) {
    const { terminal, signal } = context;
    const { flags, paths } = line;
    const [a, b, ...others] = paths;
    if (a === undefined || b === undefined || others.length > 0) {
      throw new UsageError(`two files are compared, and ${paths.length} were given`);
    }
    const isJson = wantsJson(line);
    const only = lastValue(line, 'only');
    const options = {
      signal,
      maxRuns: flags.has('all') ? Number.POSITIVE_INFINITY : MAX_RUNS,
      ...(only !== undefined && { only: oneOf('only', only, ['pages', 'devices']) }),
    };
    const openOptions = { ...readingOptions(line), signal };
    const channels = pairChannels(line, [a, b], context);
    // Threads start while the files are opened.
    const started =
      channels && only !== 'devices' ? new ThreadedPageComparer([a, b], { ...channels, signal }) : undefined;
    const compare = async (files: Pair<SnapshotFile>) => {
      const comparer = arePlaces(files) ? started : undefined;
      return withProgress(terminal, `${a} ${b}`, (onProgress) =>
        diffSnapshots(files, { ...options, comparer, onProgress }),
      );
    };
    let difference: SnapshotDifference;
    try {
      difference = await withSnapshotFile(a, openOptions, (left) =>
        withSnapshotFile(b, openOptions, (right) => compare([left, right])),
      );
    } finally {
      await started?.close();
    }
    const style = { paint: paintFor(terminal), columns: textColumns(terminal.stdout) };
    if (!flags.has('quiet')) {
      terminal.stdout.write(
        isJson
          ? printableJson(diffJson([a, b], difference))
          : diffText([a, b], difference, style, flags.has('all')),
      );
    }
    return isSame(difference) ? ExitStatus.ok : ExitStatus.differ;
  },
};
