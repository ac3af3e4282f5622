import {
  booleanOption,
  checkOptions,
  functionOption,
  integerOption,
  nameOption,
  type OptionChecks,
  signalOption,
} from '@mapped-ram/format';
import { MAX_LEVEL, MIN_LEVEL } from './codec/codec.js';
import type { DeltaOptions } from './delta/delta-files.js';
import type { LeadOptions } from './lead/gather-lead.js';
import type { PackOptions } from './pack/pack-file.js';
import type { PackedOptions } from './packed-source.js';
import type { HashOptions } from './seal/hash-source.js';
import type { SealOptions } from './seal/seal-file.js';
import type { VerifyOptions } from './seal/verify-file.js';
import type { UnpackOptions } from './unpack/unpack-file.js';

/** As many threads as there can be channels. */
const MAX_THREADS = 255;

const level = integerOption(MIN_LEVEL, MAX_LEVEL);
const hashChecks: OptionChecks<HashOptions> = { signal: signalOption, onProgress: functionOption };
const workChecks: OptionChecks<UnpackOptions> = {
  ...hashChecks,
  channels: integerOption(1, MAX_THREADS),
  directIo: booleanOption,
  onNotice: functionOption,
};

/** What may be wrong with how a file is to be packed, before anything is read. @throws TypeError, RangeError */
export function checkPackOptions(options: PackOptions): void {
  checkOptions<PackOptions>(options, {
    ...workChecks,
    level,
    frameBytes: integerOption(1),
    streamOffset: integerOption(),
  });
}

/** As {@link checkPackOptions}. */
export function checkUnpackOptions(options: UnpackOptions): void {
  checkOptions(options, workChecks);
}

/** As {@link checkPackOptions}. */
export function checkPackedOptions(options: PackedOptions): void {
  checkOptions<PackedOptions>(options, { cacheBytes: integerOption() });
}

/** As {@link checkPackOptions}. */
export function checkLeadOptions(options: LeadOptions): void {
  checkOptions<LeadOptions>(options, { streamOffset: integerOption(), signal: signalOption });
}

/** As {@link checkPackOptions}. */
export function checkDeltaOptions(options: DeltaOptions): void {
  checkOptions<DeltaOptions>(options, { ...hashChecks, overwrite: booleanOption, level });
}

/** As {@link checkPackOptions}. */
export function checkHashOptions(options: HashOptions): void {
  checkOptions(options, hashChecks);
}

/** As {@link checkPackOptions}. */
export function checkSealOptions(options: SealOptions): void {
  checkOptions<SealOptions>(options, {
    ...hashChecks,
    output: nameOption,
    overwrite: booleanOption,
    signWith: nameOption,
  });
}

/** As {@link checkPackOptions}. */
export function checkVerifyOptions(options: VerifyOptions): void {
  checkOptions<VerifyOptions>(options, {
    ...hashChecks,
    sealPath: nameOption,
    verifyWith: nameOption,
    maxChanges: integerOption(),
  });
}
