import {
  booleanOption,
  checkOptions,
  functionOption,
  groupOption,
  integerOption,
  listOption,
  type OptionChecks,
  objectOption,
} from '@mapped-ram/format';
import type { DescribeGuestOptions } from './describe-guest.js';
import type { FreePagesOptions } from './free-pages/find-free-pages.js';
import type { GuestOptions } from './linux-guest.js';

const guestChecks: OptionChecks<GuestOptions> = {
  map: groupOption({ ranges: listOption(objectOption) }, ['ranges']),
  given: groupOption({ has: functionOption, symbol: functionOption }, ['has', 'symbol']),
  scanBytes: integerOption(),
  onScanned: functionOption,
};

/** What may be wrong with how a guest is to be found, before anything is read. @throws TypeError, RangeError */
export function checkGuestOptions(options: GuestOptions): void {
  checkOptions(options, guestChecks);
}

/** As {@link checkGuestOptions}. */
export function checkDescribeGuestOptions(options: DescribeGuestOptions): void {
  checkOptions<DescribeGuestOptions>(options, { ...guestChecks, deep: booleanOption });
}

/** As {@link checkGuestOptions}. */
export function checkFreePagesOptions(options: FreePagesOptions): void {
  checkOptions<FreePagesOptions>(options, { offline: booleanOption, onFrames: functionOption });
}
