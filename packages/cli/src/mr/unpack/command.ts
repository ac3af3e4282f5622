import { type UnpackOptions, unpackFile, unpackTo, withSpooled } from '@mapped-ram/pack/file';
import { allocatedBytes } from '@mapped-ram/transform';
import type { Command, CommandContext } from '../../shared/command.js';
import type { CommandLine } from '../../shared/command-line.js';
import { sourceOpener } from '../../shared/open-source.js';
import { formatBytes } from '../../shared/quantities.js';
import { fileExitStatus, forceOption, formatOption, inputAndOutput, wantsJson } from '../file-options.js';
import { spoolName } from '../pack/command.js';
import { packChannels, packChannelsOption, packDirectIo, packDirectIoOption } from '../pack/pack-channels.js';
import { checkPipeSize, largePipeOption } from '../pipe-size.js';
import { checkPipes, PIPE, runTransform, silentFor, type TransformResult } from '../run-transform.js';
import { standardInput, writeToStandardOutput } from '../standard-streams.js';

/** `mr unpack` */
export const unpackCommand: Command = {
  arguments: '[options] IN OUT',
  description:
    'Gives the file back that mr pack packed, bit for bit, with holes where it is zero. Every part is held against its checksum. OUT ' +
    'appears when it is whole and on disk. For IN or OUT, - is standard input or output.',
  optionGroups: [
    { title: 'What to make', options: [largePipeOption, forceOption, formatOption] },
    { title: 'How to work', options: [packChannelsOption, packDirectIoOption] },
  ],
  exitStatus: fileExitStatus,
  examples: [
    ['mr unpack guest.mr.zst guest.mr', 'for QEMU, which needs the file itself'],
    ['ssh host mr pack guest.mr - | mr unpack - guest.mr', 'from another machine'],
  ],
  run(line, context) {
    const { input, output } = inputAndOutput(line);
    const files = { input, output, json: wantsJson(line) };
    const direct = packDirectIo(line, context);
    checkPipes(files, context.terminal);
    return runTransform(files, silentFor(files, context), async (onProgress) => {
      const task = { input, output, overwrite: line.flags.has('force'), line, context };
      return input === PIPE
        ? withSpooled(standardInput(context.signal), spoolName(output), (path) =>
            unpack({ ...task, input: path }, { ...direct, channels: packChannels(line, path), onProgress }),
          )
        : unpack(task, { ...direct, channels: packChannels(line, input), onProgress });
    });
  },
};

interface Task {
  readonly input: string;
  readonly output: string;
  readonly overwrite: boolean;
  readonly line: CommandLine;
  readonly context: CommandContext;
}

async function unpack(
  { input, output, overwrite, line, context }: Task,
  given: UnpackOptions,
): Promise<TransformResult> {
  const options = { ...given, signal: context.signal };
  if (output === PIPE) {
    const { source } = await sourceOpener(undefined)(input);
    const { sizeBytes } = source;
    await source.close();
    await checkPipeSize(input, sizeBytes, line, context);
    await unpackTo(input, writeToStandardOutput, options);
    return { json: {}, lines: [] };
  }
  const { sizeBytes, packedBytes, codec } = await unpackFile({ input, output, overwrite }, options);
  const outputAllocatedBytes = await allocatedBytes(output);
  return {
    json: { sizeBytes, packedBytes, outputAllocatedBytes, codec },
    lines: [
      `${output}: ${formatBytes(sizeBytes)} long, ${formatBytes(outputAllocatedBytes)} on disk, out of ` +
        formatBytes(packedBytes),
    ],
  };
}
