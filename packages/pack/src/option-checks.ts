import {
  booleanOption,
  functionOption,
  integerOption,
  type OptionChecks,
  signalOption,
} from '@mapped-ram/format';
import { MAX_LEVEL, MIN_LEVEL } from './codec/codec.js';
import type { JobFileOptions } from './file/job-file.js';
import type { HashOptions } from './seal/hash-source.js';

/** As many threads as there can be channels. */
const MAX_THREADS = 255;

/** How hard to pack. */
export const levelOption = integerOption(MIN_LEVEL, MAX_LEVEL);

/** What all long work takes. */
export const workChecks: OptionChecks<HashOptions> = { signal: signalOption, onProgress: functionOption };

/** What packing and unpacking take, in threads and past the page cache. */
export const jobChecks: OptionChecks<
  HashOptions & JobFileOptions & { readonly channels?: number | undefined }
> = {
  ...workChecks,
  channels: integerOption(1, MAX_THREADS),
  directIo: booleanOption,
  onNotice: functionOption,
};
