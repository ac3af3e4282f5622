import { unpackFile, unpackTo } from '@mapped-ram/pack/file';
import { allocatedBytes } from '@mapped-ram/reader/file';
import type { Command, CommandContext } from '../../shared/command.js';
import type { CommandLine } from '../../shared/command-line.js';
import { sourceOpener } from '../../shared/open-source.js';
import { formatBytes } from '../../shared/quantities.js';
import { fileExitStatus, forceOption, formatOption, noSyncOption } from '../file-options.js';
import { packChannelsOption, packDirectIoOption } from '../pack/pack-channels.js';
import { type PackingTask, runPacking } from '../pack/run-packing.js';
import { checkPipeSize, largePipeOption } from '../pipe-size.js';
import { PIPE, type TransformResult } from '../run-transform.js';
import { writeToStandardOutput } from '../standard-streams.js';

/** `mr unpack` */
export const unpackCommand: Command = {
  arguments: '[options] IN OUT',
  description:
    'Gives the file back that mr pack packed, bit for bit, with holes where it is zero. Every part is held against its checksum. OUT ' +
    'appears when it is whole and, without --no-sync, on disk. For IN or OUT, - is standard input or output.',
  optionGroups: [
    { title: 'What to make', options: [largePipeOption, noSyncOption, forceOption, formatOption] },
    { title: 'How to work', options: [packChannelsOption, packDirectIoOption] },
  ],
  exitStatus: fileExitStatus,
  examples: [
    ['mr unpack guest.mr.zst guest.mr', 'for QEMU, which needs the file itself'],
    ['ssh host mr pack guest.mr - | mr unpack - guest.mr', 'from another machine'],
  ],
  run(line, context) {
    return runPacking(line, context, (task) => unpack(task, line, context));
  },
};

async function unpack(
  { input, output, wish, options }: PackingTask,
  line: CommandLine,
  context: CommandContext,
): Promise<TransformResult> {
  if (output === PIPE) {
    const { source } = await sourceOpener(undefined)(input);
    const { sizeBytes } = source;
    await source.close();
    await checkPipeSize(input, sizeBytes, line, context);
    await unpackTo(input, writeToStandardOutput, options);
    return { json: {}, lines: [] };
  }
  const { sizeBytes, packedBytes, codec } = await unpackFile({ input, output, ...wish }, options);
  const outputAllocatedBytes = await allocatedBytes(output);
  return {
    json: { sizeBytes, packedBytes, outputAllocatedBytes, codec },
    lines: [
      `${output}: ${formatBytes(sizeBytes)} long, ${formatBytes(outputAllocatedBytes)} on disk, out of ` +
        formatBytes(packedBytes),
    ],
  };
}
