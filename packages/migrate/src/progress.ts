import type { MigrationInfo } from './migration-info.js';

/** How far a save is, as QEMU tells. Lengths are in bytes. */
export interface SaveProgress {
  /** Guest memory that is done; in a live save it goes back when the guest has written again. */
  readonly doneBytes: number;
  readonly totalBytes: number;
  /** What went to the file until now. */
  readonly transferredBytes: number;
  readonly bytesPerSecond: number;
  /** How many times the memory is gone through; a save of a stopped guest has few rounds. */
  readonly round: number;
  /** At this rate, if the guest wrote nothing more; undefined while the rate is not known. */
  readonly secondsLeft: number | undefined;
}

const BYTES_PER_MEGABIT = 125_000;

/** @returns undefined while QEMU tells nothing of its memory */
export function toProgress({ ram }: MigrationInfo): SaveProgress | undefined {
  if (ram === undefined) return undefined;
  const bytesPerSecond = Math.max(0, ram.mbps) * BYTES_PER_MEGABIT;
  return {
    doneBytes: ram.total - ram.remaining,
    totalBytes: ram.total,
    transferredBytes: ram.transferred,
    bytesPerSecond,
    round: ram['dirty-sync-count'],
    secondsLeft: bytesPerSecond > 0 ? ram.remaining / bytesPerSecond : undefined,
  };
}
