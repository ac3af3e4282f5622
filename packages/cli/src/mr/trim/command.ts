import { planTrim, transformFile, trimInPlace, trimToCopy } from '@mapped-ram/transform';
import type { Command } from '../../shared/command.js';
import { UsageError } from '../../shared/usage-error.js';
import { channelGroup, channelOptions } from '../channel-options.js';
import {
  forceOption,
  formatOption,
  inputGroup,
  inputOptions,
  openerOption,
  wantsJson,
} from '../file-options.js';
import { guestOptions, vmcoreinfoOption } from '../guest-options.js';
import { checkInPlace } from '../in-place.js';
import { runTransform, type TransformResult } from '../run-transform.js';
import { type TrimOutcome, trimLines } from './trim-text.js';

/** `mr trim` */
export const trimCommand: Command = {
  arguments: '[options] FILE [OUT]',
  description:
    'Drops the pages that a Linux guest does not use: the memory map and the free lists of its kernel say which these are, and both ' +
    'must agree page by page. The guest goes on as before, also where it was paused, and needs neither a balloon nor a device. ' +
    'Without OUT the file itself is changed; it can be restored at every moment of that. No VM may run from it meanwhile.',
  optionGroups: [
    {
      title: 'What to do',
      options: [
        { name: 'dry-run', short: 'n', help: 'Tell what would be dropped, and change nothing.' },
        {
          name: 'offline',
          help: 'Drop also what a balloon or virtio-mem holds. The memory map alone says which pages these are.',
        },
        vmcoreinfoOption,
      ],
    },
    { title: 'What to make', options: [forceOption, formatOption] },
    inputGroup,
    channelGroup,
  ],
  exitStatus: [
    ['0', 'it is trimmed; a zone that was left is named'],
    ['1', 'what is in FILE does not allow it; there is no OUT, and FILE is as it was'],
    ['2', 'a file or an option could not be used'],
  ],
  examples: [
    ['mr trim --dry-run guest.mr', 'what would it give?'],
    ['mr trim guest.mr', 'in place'],
    ['mr trim guest.mr small.mr', 'into a copy'],
  ],
  async run(line, context) {
    const { signal } = context;
    const [input, output = input, ...others] = line.paths;
    if (input === undefined || output === undefined) throw new UsageError('no file given');
    if (others.length > 0)
      throw new UsageError(`a file and OUT can be given, not ${line.paths.length} files`);
    const isDry = line.flags.has('dry-run');
    if (isDry && line.paths.length > 1) throw new UsageError('--dry-run makes no file');
    const files = { input, output, json: wantsJson(line) };
    const options = {
      ...inputOptions(line),
      ...(await guestOptions(line)),
      offline: line.flags.has('offline'),
    };
    return runTransform(files, context, async (onProgress) => {
      if (isDry)
        return describe({
          path: input,
          report: await planTrim(input, { ...options, signal, ...openerOption(line) }),
        });
      if (line.paths.length === 1) {
        checkInPlace(input);
        const { allocatedBytesBefore, allocatedBytesAfter, ...report } = await trimInPlace(input, {
          ...options,
          signal,
          onProgress,
        });
        return describe({
          path: input,
          report,
          disk: { before: allocatedBytesBefore, after: allocatedBytesAfter },
        });
      }
      const channels = channelOptions(line, input, context);
      const pair = { ...files, overwrite: line.flags.has('force'), signal, channels, ...openerOption(line) };
      const { report, inputAllocatedBytes, outputAllocatedBytes } = await transformFile(
        pair,
        (source, target, transport) => trimToCopy(source, target, { ...options, transport, onProgress }),
      );
      return describe({
        path: output,
        report,
        disk: { before: inputAllocatedBytes, after: outputAllocatedBytes },
      });
    });
  },
};

function describe(outcome: TrimOutcome): TransformResult {
  const { report, disk } = outcome;
  return {
    json: {
      ...report,
      dryRun: disk === undefined,
      ...(disk && { inputAllocatedBytes: disk.before, outputAllocatedBytes: disk.after }),
    },
    lines: trimLines(outcome),
  };
}
