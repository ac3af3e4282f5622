import type { QemuVersion } from '@mapped-ram/lint';
import type { FileResult } from '../file-result.js';

/** What was asked for, as far as the output repeats it. */
export interface OutputContext {
  readonly qemu: QemuVersion;
  readonly multifd: boolean;
  readonly deep: boolean;
  readonly quiet: boolean;
}

/**
 * A way to print results. It returns text for standard output instead of writing it. Files that could not be read
 * have had their message on standard error already.
 */
export interface Output {
  /** Called for each file when it is done. */
  file(result: FileResult): string;
  /** Called once, after the last file. */
  end(): string;
}
