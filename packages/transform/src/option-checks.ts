import {
  booleanOption,
  functionOption,
  groupOption,
  integerOption,
  listOption,
  type OptionChecks,
  objectOption,
  textOption,
} from '@mapped-ram/format';
import { MAX_CHANNELS } from '@mapped-ram/multifd/limits';
import type { TransformOptions } from './options.js';

/** Where and how a snapshot is read, and what is told meanwhile. */
export const placeChecks: OptionChecks<Pick<TransformOptions, 'streamOffset' | 'wordOrder' | 'onProgress'>> =
  { streamOffset: integerOption(), wordOrder: textOption(['le', 'be']), onProgress: functionOption };

/** Something that moves pages. */
export const transportOption = groupOption(
  { prepareMove: functionOption, move: functionOption, read: functionOption, write: functionOption },
  ['prepareMove', 'move', 'read', 'write'],
);

/** How channels move pages. */
export const channelsOption = groupOption({
  channels: integerOption(1, MAX_CHANNELS),
  directIo: booleanOption,
  onNotice: functionOption,
});

/** What every operation takes. */
export const transformChecks: OptionChecks<TransformOptions> = {
  ...placeChecks,
  transport: transportOption,
  dropUnmarkedPages: booleanOption,
};

/** How a Linux guest's unused pages are found. */
export const trimChecks = {
  ...placeChecks,
  given: groupOption({ has: functionOption, symbol: functionOption }, ['has', 'symbol']),
  map: groupOption({ ranges: listOption(objectOption) }, ['ranges']),
  offline: booleanOption,
};
