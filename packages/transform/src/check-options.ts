import {
  booleanOption,
  checkOptions,
  functionOption,
  groupOption,
  integerOption,
  listOption,
  type OptionChecks,
  objectOption,
  signalOption,
  textOption,
} from '@mapped-ram/format';
import { MAX_CHANNELS } from '@mapped-ram/multifd/limits';
import { qemuVersions } from '@mapped-ram/releases';
import type { ConvertOptions } from './convert/convert-report.js';
import type { TransformOptions } from './options.js';
import type { RepairOptions } from './repair/repair-options.js';
import type { ScrubInPlaceOptions } from './scrub-in-place.js';
import type { SparseOptions } from './sparse-source.js';
import type { TrimOptions } from './trim/plan-trim.js';

const place = {
  streamOffset: integerOption(),
  wordOrder: textOption(['le', 'be']),
  onProgress: functionOption,
};
const transport = groupOption(
  { prepareMove: functionOption, move: functionOption, read: functionOption, write: functionOption },
  ['prepareMove', 'move', 'read', 'write'],
);
const channels = groupOption({
  channels: integerOption(1, MAX_CHANNELS),
  directIo: booleanOption,
  onNotice: functionOption,
});
const vmcoreinfo = groupOption({ has: functionOption, symbol: functionOption }, ['has', 'symbol']);
const map = groupOption({ ranges: listOption(objectOption) }, ['ranges']);

const transformChecks: OptionChecks<TransformOptions> = {
  ...place,
  transport,
  dropUnmarkedPages: booleanOption,
};

const sparseChecks: OptionChecks<SparseOptions> = { signal: signalOption, openSource: functionOption };

/** What may be wrong with an operation's options, before anything is read. @throws TypeError, RangeError */
export function checkTransformOptions(options: TransformOptions): void {
  checkOptions(options, transformChecks);
}

/** As {@link checkTransformOptions}. */
export function checkConvertOptions(to: string, options: ConvertOptions): void {
  textOption(['mapped-ram', 'stream'])(to, 'to');
  checkOptions<ConvertOptions>(options, { ...transformChecks, large: booleanOption });
}

/** As {@link checkTransformOptions}. */
export function checkRepairOptions(options: RepairOptions): void {
  checkOptions<RepairOptions>(options, {
    ...{ ...place, transport, markUnclearPages: booleanOption },
    forQemu: textOption(qemuVersions),
  });
}

/** As {@link checkTransformOptions}. */
export function checkScrubOptions(options: ScrubInPlaceOptions): void {
  checkOptions<ScrubInPlaceOptions>(options, {
    ...{ ...place, channels, dropUnmarkedPages: booleanOption },
    signal: signalOption,
  });
}

/** As {@link checkTransformOptions}. */
export function checkTrimOptions(
  options: TrimOptions & SparseOptions & Pick<TransformOptions, 'transport'>,
): void {
  checkOptions(options, {
    ...{ ...place, ...sparseChecks, transport, map },
    given: vmcoreinfo,
    offline: booleanOption,
  });
}

/** As {@link checkTransformOptions}. */
export function checkSparseOptions(options: SparseOptions): void {
  checkOptions(options, sparseChecks);
}
