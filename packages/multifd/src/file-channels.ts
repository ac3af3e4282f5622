import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { booleanOption, checkOptions, functionOption, integerOption, signalOption } from '@mapped-ram/format';
import { BATCH_BYTES } from './channel-memory.js';
import type { ChannelsOptions } from './channels.js';
import { MAX_CHANNELS } from './limits.js';
import type { FilePlace } from './place.js';

/** How channels go through files. */
export type FileChannelsOptions = Pick<ChannelsOptions, 'channels' | 'signal' | 'onNotice'> &
  Pick<FilePlace, 'directIo'>;

/** @throws TypeError, RangeError where an option is not one. */
export function checkFileChannels(options: FileChannelsOptions): void {
  checkOptions<FileChannelsOptions>(options, {
    channels: integerOption(1, MAX_CHANNELS),
    signal: signalOption,
    onNotice: functionOption,
    directIo: booleanOption,
  });
}

/** How many channels have something to do in a file, of those that are wanted. Where it cannot be looked at, the channels report why. */
export function usefulChannels(path: string, wanted = availableParallelism()): number {
  const sizeBytes = Number(statSync(path, { bigint: true, throwIfNoEntry: false })?.size ?? 0);
  return Math.min(wanted, Math.max(1, Math.ceil(sizeBytes / BATCH_BYTES)));
}
