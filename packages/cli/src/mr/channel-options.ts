import { MAX_CHANNELS } from '@mapped-ram/multifd/limits';
import type { FilePair } from '@mapped-ram/transform';
import { channelsPay } from '../shared/channels-pay.js';
import type { CommandContext } from '../shared/command.js';
import type { CommandLine } from '../shared/command-line.js';
import type { OptionGroup } from '../shared/option-spec.js';
import { lastValue } from '../shared/option-values.js';
import { toChannels } from '../shared/page-reading.js';
import { printable } from '../shared/printable.js';

/** How pages are moved. */
export const channelGroup: OptionGroup = {
  title: 'How to move pages',
  options: [
    {
      name: 'channels',
      value: 'N',
      help: `Threads that move pages, 1 to ${MAX_CHANNELS}; by default one a processor, for a large file. A pipe has none.`,
    },
    { name: 'direct-io', help: 'Move pages past the page cache where the file systems can.' },
  ],
};

/**
 * What {@link channelGroup} says of work on a file.
 *
 * @returns undefined where threads are not worth it.
 * @throws UsageError
 */
export function channelOptions(
  line: CommandLine,
  path: string,
  { program, terminal }: CommandContext,
): FilePair['channels'] {
  const channels = lastValue(line, 'channels');
  const reading = {
    directIo: line.flags.has('direct-io'),
    ...(channels !== undefined && { channels: toChannels(channels) }),
  };
  if (!channelsPay(path, reading)) return undefined;
  return {
    ...reading,
    onNotice: ({ message }) => terminal.stderr.write(`${program}: ${printable(message)}\n`),
  };
}
