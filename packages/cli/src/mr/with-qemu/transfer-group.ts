import type { TransferOptions } from '@mapped-ram/migrate';
import type { CommandLine } from '../../shared/command-line.js';
import type { OptionSpec } from '../../shared/option-spec.js';
import { lastValue, toOffset } from '../../shared/option-values.js';
import { toChannels } from '../../shared/page-reading.js';

/** How the pages go between QEMU and the file. */
export const transferOptions: readonly OptionSpec[] = [
  {
    name: 'channels',
    value: 'N',
    help: 'Let QEMU use multifd with this many channels, 1 to 255; without it none, with --direct-io 2.',
  },
  {
    name: 'direct-io',
    help: 'Let QEMU go past the page cache, if the file system can. It does so with multifd, which is on then.',
  },
  {
    name: 'offset',
    value: 'N',
    help: 'The stream starts at this byte of FILE: 4096, 0x1000, 4k, 1.5M.',
  },
];

/** What {@link transferOptions} say. @throws UsageError */
export function transferOf(line: CommandLine): TransferOptions {
  const channels = lastValue(line, 'channels');
  const offset = lastValue(line, 'offset');
  return {
    directIo: line.flags.has('direct-io'),
    channels: channels === undefined ? undefined : toChannels(channels),
    byteOffset: offset === undefined ? undefined : toOffset(offset),
  };
}
