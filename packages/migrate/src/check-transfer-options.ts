import {
  booleanOption,
  checkOptions,
  functionOption,
  integerOption,
  type OptionChecks,
  signalOption,
} from '@mapped-ram/format';
import type { RestoreOptions } from './restore-snapshot.js';
import type { SaveOptions } from './save-options.js';
import type { TransferOptions } from './transfer-options.js';

const transferChecks: OptionChecks<TransferOptions> = {
  channels: integerOption(1, 255),
  directIo: booleanOption,
  byteOffset: integerOption(),
};

/** What may be wrong with how a guest is to be saved, before QEMU is asked for anything. @throws TypeError, RangeError */
export function checkSaveOptions(options: SaveOptions): void {
  checkOptions<SaveOptions>(options, {
    ...transferChecks,
    overwrite: booleanOption,
    live: booleanOption,
    freePageHint: booleanOption,
    bandwidth: integerOption(),
    keepRunning: booleanOption,
    signal: signalOption,
    onProgress: functionOption,
  });
}

/** As {@link checkSaveOptions}, for a restore. */
export function checkRestoreOptions(options: RestoreOptions): void {
  checkOptions<RestoreOptions>(options, {
    ...transferChecks,
    keepRunning: booleanOption,
    signal: signalOption,
  });
}
