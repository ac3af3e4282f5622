import { scrubInPlace, scrubToCopy, transformFile } from '@mapped-ram/transform';
import type { Command } from '../../shared/command.js';
import { formatBytes, formatCount } from '../../shared/quantities.js';
import { UsageError } from '../../shared/usage-error.js';
import { channelGroup, channelOptions } from '../channel-options.js';
import {
  dropOption,
  dropUnmarkedOption,
  forceOption,
  formatOption,
  inputGroup,
  inputOptions,
  noSyncOption,
  openerOption,
  outputWish,
  wantsJson,
} from '../file-options.js';
import { checkInPlace } from '../in-place.js';
import { runTransform, type TransformResult } from '../run-transform.js';

interface ScrubOutcome {
  readonly zeroPages: number;
  readonly before: number;
  readonly after: number;
}

/** `mr scrub` */
export const scrubCommand: Command = {
  arguments: '[options] FILE [OUT]',
  description:
    'Makes holes out of what is not memory: the bytes that pages which became zero left behind, and pages that are ' +
    'stored though they are zero. QEMU restores the same memory as before. Without OUT the file itself is changed; it ' +
    'can be restored at every moment of that. No VM may run from it meanwhile.',
  optionGroups: [
    { title: 'What to make', options: [dropUnmarkedOption, noSyncOption, forceOption, formatOption] },
    inputGroup,
    channelGroup,
  ],
  exitStatus: [
    ['0', 'it is scrubbed'],
    ['1', 'what is in FILE does not allow it; there is no OUT, and FILE is as it was'],
    ['2', 'a file or an option could not be used'],
  ],
  examples: [
    ['mr scrub guest.mr', 'in place'],
    ['mr scrub guest.mr small.mr', 'into a copy'],
  ],
  run(line, context) {
    const { signal } = context;
    const [input, output = input, ...others] = line.paths;
    if (input === undefined || output === undefined) throw new UsageError('no file given');
    if (others.length > 0)
      throw new UsageError(`a file and OUT can be given, not ${line.paths.length} files`);
    if (line.paths.length === 1 && line.flags.has('no-sync')) {
      throw new UsageError(
        '--no-sync is about OUT: what is changed in place is on disk when the command ends',
      );
    }
    const files = { input, output, json: wantsJson(line) };
    const options = { ...inputOptions(line), ...dropOption(line) };
    const channels = channelOptions(line, input, context);
    return runTransform(files, context, async (onProgress) => {
      if (line.paths.length === 1) {
        checkInPlace(input);
        const report = await scrubInPlace(input, { ...options, channels, signal, onProgress });
        const { zeroPages, allocatedBytesBefore: before, allocatedBytesAfter: after } = report;
        return describe(output, { zeroPages, before, after });
      }
      const pair = { ...files, ...outputWish(line), signal, channels, ...openerOption(line) };
      const outcome = await transformFile(pair, (source, target, transport) =>
        scrubToCopy(source, target, { ...options, transport, onProgress }),
      );
      const { inputAllocatedBytes: before, outputAllocatedBytes: after } = outcome;
      return describe(output, { zeroPages: outcome.report.zeroPages, before, after });
    });
  },
};

function describe(path: string, { zeroPages, before, after }: ScrubOutcome): TransformResult {
  const freedBytes = Math.max(0, before - after);
  return {
    json: { zeroPages, freedBytes, inputAllocatedBytes: before, outputAllocatedBytes: after },
    lines: [
      `${path}: ${formatBytes(freedBytes)} of disk came back: ${formatBytes(before)} were used, ` +
        `${formatBytes(after)} are now; ${formatCount(zeroPages, 'page')} stored though zero`,
    ],
  };
}
