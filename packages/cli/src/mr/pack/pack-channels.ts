import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { MAX_CHANNELS } from '@mapped-ram/multifd/limits';
import type { JobFileOptions } from '@mapped-ram/pack/file';
import type { CommandContext } from '../../shared/command.js';
import type { CommandLine } from '../../shared/command-line.js';
import type { OptionSpec } from '../../shared/option-spec.js';
import { lastValue } from '../../shared/option-values.js';
import { toChannels } from '../../shared/page-reading.js';
import { printable } from '../../shared/printable.js';

/** Starting threads takes about as long as packing so many bytes without them. */
const CHANNELS_PAY_FROM_BYTES = 16 * 1024 * 1024;

/** `--channels`, of the commands that pack or unpack. */
export const packChannelsOption: OptionSpec = {
  name: 'channels',
  value: 'N',
  help: `Threads that do the work, 1 to ${MAX_CHANNELS}; by default one a processor, for a file of 16 MiB or more. Their number shows in no byte of OUT.`,
};

/** `--direct-io`, of the same commands. */
export const packDirectIoOption: OptionSpec = {
  name: 'direct-io',
  help: 'Read and write past the page cache where the file systems can. Through a pipe nothing is.',
};

/** What {@link packDirectIoOption} says. */
export function packDirectIo(line: CommandLine, { program, terminal }: CommandContext): JobFileOptions {
  return {
    directIo: line.flags.has(packDirectIoOption.name),
    onNotice: ({ message }) => terminal.stderr.write(`${program}: ${printable(message)}\n`),
  };
}

/**
 * What {@link packChannelsOption} says of work on a file.
 *
 * @returns undefined where threads are not worth it.
 * @throws UsageError
 */
export function packChannels(line: CommandLine, path: string): number | undefined {
  const channels = lastValue(line, 'channels');
  if (channels !== undefined) return toChannels(channels);
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  const pays = stats?.isFile() === true && stats.size >= CHANNELS_PAY_FROM_BYTES;
  return pays ? Math.min(availableParallelism(), MAX_CHANNELS) : undefined;
}
