import { MAX_LEVEL, MIN_LEVEL } from '@mapped-ram/pack';
import {
  DEFAULT_FRAME_BYTES,
  MAX_FRAME_BYTES,
  MIN_FRAME_BYTES,
  type PackOptions,
  type PackReport,
  packFile,
  packTo,
} from '@mapped-ram/pack/file';
import type { Command } from '../../shared/command.js';
import type { CommandLine } from '../../shared/command-line.js';
import { lastValue, toOffset } from '../../shared/option-values.js';
import { formatBytes } from '../../shared/quantities.js';
import { UsageError } from '../../shared/usage-error.js';
import {
  fileExitStatus,
  forceOption,
  formatOption,
  inputGroup,
  inputOptions,
  noSyncOption,
} from '../file-options.js';
import { PIPE, type TransformResult } from '../run-transform.js';
import { writeToStandardOutput } from '../standard-streams.js';
import { packChannelsOption, packDirectIoOption } from './pack-channels.js';
import { type PackingTask, runPacking } from './run-packing.js';

/** `mr pack` */
export const packCommand: Command = {
  arguments: '[options] IN OUT',
  description:
    'Packs a snapshot so that every part of it can still be read alone: a seekable zstd file, which every command of mr and ' +
    'mr-lint takes in place of the snapshot, and from which zstd -d gives the very file back. OUT appears when it is whole and, without ' +
    '--no-sync, on disk. For IN or OUT, - is standard input or output.',
  optionGroups: [
    {
      title: 'What to make',
      options: [
        {
          name: 'level',
          value: 'N',
          help: `Of zstd, ${MIN_LEVEL} to ${MAX_LEVEL}: a higher one takes longer and packs closer; ${MIN_LEVEL} by default.`,
        },
        {
          name: 'frame',
          value: 'SIZE',
          help: 'What is packed together, 64k to 8M, a power of two; 256k by default. To read a page, its frame is unpacked.',
        },
        noSyncOption,
        forceOption,
        formatOption,
      ],
    },
    { title: inputGroup.title, options: inputGroup.options.filter(({ name }) => name === 'offset') },
    { title: 'How to work', options: [packChannelsOption, packDirectIoOption] },
  ],
  exitStatus: fileExitStatus,
  examples: [
    ['mr pack guest.mr guest.mr.zst', 'keep it small'],
    ['mr-lint guest.mr.zst', 'it is used as it is'],
    ['mr pack guest.mr - | ssh host mr unpack - guest.mr', 'to another machine'],
    ['zstd -d guest.mr.zst', 'without this program'],
  ],
  run(line, context) {
    const given = optionsOf(line);
    return runPacking(line, context, (task) => pack(task, given));
  },
};

async function pack(
  { input, output, wish, options }: PackingTask,
  given: PackOptions,
): Promise<TransformResult> {
  const all = { ...given, ...options };
  const report =
    output === PIPE
      ? await packTo(input, writeToStandardOutput, all)
      : await packFile({ input, output, ...wish }, all);
  return { json: { ...report }, lines: [packedLine(output, report)] };
}

/** What became of it, in a line. */
function packedLine(output: string, { sizeBytes, packedBytes }: PackReport): string {
  return `${output}: ${formatBytes(packedBytes)}, packed out of ${formatBytes(sizeBytes)}`;
}

function optionsOf(line: CommandLine): PackOptions {
  const { streamOffset } = inputOptions(line);
  const level = lastValue(line, 'level');
  const frame = lastValue(line, 'frame');
  return {
    streamOffset,
    level: level === undefined ? MIN_LEVEL : toLevel(level),
    frameBytes: frame === undefined ? DEFAULT_FRAME_BYTES : toFrameBytes(frame),
  };
}

function toLevel(value: string): number {
  const level = /^\d+$/.test(value) ? Number(value) : 0;
  if (level >= MIN_LEVEL && level <= MAX_LEVEL) return level;
  throw new UsageError(
    `--level cannot be ${JSON.stringify(value)}: give a number from ${MIN_LEVEL} to ${MAX_LEVEL}`,
  );
}

function toFrameBytes(value: string): number {
  const bytes = toOffset(value, 'frame');
  if (Number.isInteger(Math.log2(bytes)) && bytes >= MIN_FRAME_BYTES && bytes <= MAX_FRAME_BYTES)
    return bytes;
  throw new UsageError(`--frame cannot be ${JSON.stringify(value)}: give a power of two from 64k to 8M`);
}
