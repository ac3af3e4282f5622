import { MAX_CHANNELS } from '@mapped-ram/multifd/limits';
import type { CommandLine } from './command-line.js';
import { UsageError } from './usage-error.js';

/** How a deep run reads pages. */
export interface PageReading {
  /** Threads; where it is absent, the file's size and the machine decide. */
  readonly channels?: number;
  readonly directIo: boolean;
}

/**
 * Makes sense of the options about reading pages.
 *
 * @returns undefined where no page is to be read.
 * @throws UsageError on a value that is not allowed, or where the options have no use.
 */
export function toPageReading({ flags, values }: CommandLine): PageReading | undefined {
  const directIo = flags.has('direct-io');
  const channels = values.get('channels')?.at(-1);
  if (flags.has('deep')) {
    return { directIo, ...(channels !== undefined && { channels: toChannels(channels) }) };
  }
  if (!directIo && channels === undefined) return undefined;
  const option = directIo ? '--direct-io' : '--channels';
  throw new UsageError(`${option} needs --deep: without it, no page is read`);
}

/**
 * The value of `--channels`.
 *
 * @throws UsageError
 */
export function toChannels(value: string): number {
  const channels = /^\d+$/.test(value) ? Number(value) : 0;
  if (channels >= 1 && channels <= MAX_CHANNELS) return channels;
  throw new UsageError(
    `--channels cannot be ${JSON.stringify(value)}: give a number from 1 to ${MAX_CHANNELS}`,
  );
}
