import type { FileReport } from '@mapped-ram/lint';
import type { PreflightFinding } from './preflight/finding.js';
import type { SaveProgress } from './progress.js';
import type { PatienceOptions, TransferOptions } from './transfer-options.js';

/** How to save. */
export interface SaveOptions extends TransferOptions, PatienceOptions {
  /** Replace a file that is there. Before the offset nothing is replaced in any case. */
  readonly overwrite?: boolean | undefined;
  /** Let the guest run while it is saved; otherwise it is stopped first. */
  readonly live?: boolean | undefined;
  /**
   * Leave out what the guest's balloon says is free. QEMU asks it in every live save if it has one that says so; this implies `live`, and
   * makes sure that there is one.
   */
  readonly freePageHint?: boolean | undefined;
  /** Bytes a second at most; no limit when not given. */
  readonly bandwidth?: number | undefined;
  /** Let the guest run on when it is saved, if it ran before. Otherwise it stays paused. */
  readonly keepRunning?: boolean | undefined;
  /**
   * Ends the save. Without multifd QEMU cancels it. With multifd a cancelled QEMU dies more often than not, so it finishes first, with the guest
   * stopped until then, and nothing is kept; a guest that was paused is then as after any save: QEMU saves it again when it has run.
   */
  readonly signal?: AbortSignal | undefined;
  /** Called whenever QEMU was asked how far it is. */
  readonly onProgress?: ((progress: SaveProgress) => void) | undefined;
}

/** What was saved. Lengths are in bytes, times in milliseconds. */
export interface SavedSnapshot {
  readonly path: string;
  readonly sizeBytes: number;
  /** What the lint says of the file: that it restores. */
  readonly report: FileReport;
  /** What the preflight found that was no error. */
  readonly findings: readonly PreflightFinding[];
  readonly wasRunning: boolean;
  readonly isRunning: boolean;
  /** How many times QEMU went through the memory. */
  readonly rounds: number;
  readonly totalMs: number;
  /** How long the guest was paused, by QEMU's account; of a guest that was stopped first, the end of the save alone. */
  readonly downtimeMs: number;
  /**
   * With `freePageHint`: guest memory, in bytes, that QEMU was told is free before it had looked at it. QEMU does not count it; it is what was done and
   * not sent in the first round, each time that it was asked how far it is, so it is this much at least. A guest whose kernel zeroes what its balloon takes (Debian's
   * does) makes zero pages of the rest.
   */
  readonly hintedBytes?: number | undefined;
}
