import {
  copySnapshot,
  copyToPipe,
  type FilePair,
  openSparseFile,
  pipeToFile,
  transformFile,
} from '@mapped-ram/transform';
import type { Command, CommandContext } from '../../shared/command.js';
import type { CommandLine } from '../../shared/command-line.js';
import type { ExitStatus } from '../../shared/exit-status.js';
import { formatBytes, formatCount } from '../../shared/quantities.js';
import { channelGroup, channelOptions } from '../channel-options.js';
import {
  dropOption,
  dropUnmarkedOption,
  fileExitStatus,
  forceOption,
  formatOption,
  inputAndOutput,
  inputGroup,
  inputOptions,
  noSyncOption,
  openerOption,
  outputWish,
  wantsJson,
} from '../file-options.js';
import { checkPipeSize, largePipeOption } from '../pipe-size.js';
import { checkPipes, PIPE, runTransform, silentFor, type TransformFiles } from '../run-transform.js';
import { standardInput, writeToStandardOutput } from '../standard-streams.js';

/** `mr copy` */
export const copyCommand: Command = {
  arguments: '[options] IN OUT',
  description:
    'Copies a snapshot by its bitmaps: pages that they say are zero become holes, whatever lay there, and everything ' +
    'else is where and what it was. So the copy takes no more room than its pages, on any file system that knows holes. ' +
    'OUT appears when it is whole and, without --no-sync, on disk. For IN or OUT, - is standard input or output.',
  optionGroups: [
    {
      title: 'What to make',
      options: [dropUnmarkedOption, largePipeOption, noSyncOption, forceOption, formatOption],
    },
    inputGroup,
    channelGroup,
  ],
  exitStatus: fileExitStatus,
  examples: [
    ['mr copy guest.mr /backup/guest.mr', 'with its holes'],
    ['mr copy --no-sync guest.mr /dev/shm/guest.mr', 'for a while only: nothing is waited for'],
    ['mr copy guest.mr - | ssh host mr copy - guest.mr', 'to another machine'],
    ['mr copy guest.mr - | zstd > guest.mr.zst', 'compressed'],
  ],
  run(line, context) {
    const { input, output } = inputAndOutput(line);
    const files = { input, output, json: wantsJson(line) };
    const channels = channelOptions(line, input, context);
    if (output === PIPE) return runToPipe(files, line, context);
    if (input === PIPE) return runFromPipe(files, line, context);
    return runFileToFile({ ...files, channels }, line, context);
  },
};

function runFileToFile(
  files: TransformFiles & Pick<FilePair, 'channels'>,
  line: CommandLine,
  context: CommandContext,
): Promise<ExitStatus> {
  const pair = {
    ...files,
    ...outputWish(line),
    signal: context.signal,
    ...openerOption(line),
  };
  const options = { ...inputOptions(line), ...dropOption(line) };
  return runTransform(files, context, async (onProgress) => {
    const { report, inputAllocatedBytes, outputAllocatedBytes } = await transformFile(
      pair,
      (source, target, transport) => copySnapshot(source, target, { ...options, transport, onProgress }),
    );
    const setPages = report.setPages.reduce((sum, count) => sum + count, 0);
    const { sizeBytes } = report;
    return {
      json: { sizeBytes, setPages, inputAllocatedBytes, outputAllocatedBytes },
      lines: [
        `${files.output}: ${formatCount(setPages, 'page')} copied, ${formatBytes(sizeBytes)} long, ` +
          `${formatBytes(outputAllocatedBytes)} on disk (${files.input}: ${formatBytes(inputAllocatedBytes)})`,
      ],
    };
  });
}

function runFromPipe(files: TransformFiles, line: CommandLine, context: CommandContext): Promise<ExitStatus> {
  return runTransform(files, context, async () => {
    const input = standardInput(context.signal);
    const pair = { output: files.output, ...outputWish(line) };
    const { sizeBytes, allocatedBytes } = await pipeToFile(input, pair, {
      ...inputOptions(line),
      ...dropOption(line),
    });
    const onDisk = formatBytes(allocatedBytes);
    return {
      json: { sizeBytes, outputAllocatedBytes: allocatedBytes },
      lines: [`${files.output}: ${formatBytes(sizeBytes)} long, ${onDisk} on disk`],
    };
  });
}

/** The report would be in the way of the copy, so there is none. */
function runToPipe(files: TransformFiles, line: CommandLine, context: CommandContext): Promise<ExitStatus> {
  const { terminal, signal } = context;
  checkPipes(files, terminal);
  return runTransform(files, silentFor(files, context), async (onProgress) => {
    const source = await openSparseFile(files.input, { signal, ...openerOption(line) });
    try {
      await checkPipeSize(files.input, source.sizeBytes, line, context);
      await copyToPipe(source, writeToStandardOutput, {
        ...inputOptions(line),
        ...dropOption(line),
        onProgress,
      });
      return { json: {}, lines: [] };
    } finally {
      await source.close();
    }
  });
}
