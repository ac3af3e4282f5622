import { booleanOption, durationOption, integerOption, type OptionChecks } from '@mapped-ram/format';

const MAX_CHANNELS = 255;

/** How the pages go between QEMU and the file, on saving and on restoring. */
export interface TransferOptions {
  /** multifd's channels, 1 to 255; without it QEMU uses no multifd, but for direct I/O. */
  readonly channels?: number | undefined;
  /** Past the page cache (O_DIRECT). QEMU does this with multifd only, so multifd is on then. */
  readonly directIo?: boolean | undefined;
  /** Where in the file the stream starts; 0 when not given. */
  readonly byteOffset?: number | undefined;
}

/** What a transfer may be given. */
export const transferChecks: OptionChecks<TransferOptions & PatienceOptions> = {
  channels: integerOption(1, MAX_CHANNELS),
  directIo: booleanOption,
  byteOffset: integerOption(),
  answerTimeoutMs: durationOption,
};

/** How long QEMU is waited for. */
export interface PatienceOptions {
  /**
   * Milliseconds for each answer from where QEMU is told to do something, 300,000 when not given: to stop the guest takes as long as its disks do.
   * How long the pages take has no limit.
   */
  readonly answerTimeoutMs?: number | undefined;
}

/** The same with nothing left open. */
export interface Transfer {
  readonly multifd: boolean;
  readonly channels: number;
  readonly directIo: boolean;
  readonly byteOffset: number;
}

/** QEMU's own default. */
const DEFAULT_CHANNELS = 2;

/** @throws RangeError for a number that is none of channels, or of bytes */
export function transferOf({ channels, directIo = false, byteOffset = 0 }: TransferOptions): Transfer {
  if (channels !== undefined && !(Number.isInteger(channels) && channels >= 1 && channels <= MAX_CHANNELS)) {
    throw new RangeError(`channels: ${channels} is not a whole number from 1 to ${MAX_CHANNELS}`);
  }
  if (!Number.isSafeInteger(byteOffset) || byteOffset < 0) {
    throw new RangeError(`byteOffset: ${byteOffset} is no place in a file`);
  }
  const multifd = directIo || channels !== undefined;
  return { multifd, channels: channels ?? DEFAULT_CHANNELS, directIo, byteOffset };
}
