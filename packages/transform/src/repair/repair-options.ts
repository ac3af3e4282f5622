import type { QemuVersion } from '@mapped-ram/releases';
import type { TransformOptions } from '../options.js';

/** How to repair. */
export interface RepairOptions extends Omit<TransformOptions, 'dropUnmarkedPages'> {
  /**
   * Mark pages that hold data also where the file does not tell whether they are memory or were left behind by a guest that ran
   * during the save. If not given, they stay as they are.
   */
  readonly markUnclearPages?: boolean | undefined;
  /** Mend what keeps this release from restoring the file, too. */
  readonly forQemu?: QemuVersion | undefined;
}
