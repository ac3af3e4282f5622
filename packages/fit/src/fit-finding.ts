import type { Outcome } from '@mapped-ram/lint';

/** A difference between a file and a destination. */
export interface FitFinding {
  /** A stable name to branch on. */
  readonly code:
    | 'faulty-file'
    | 'machine-differs'
    | 'target-differs'
    | 'uuid-differs'
    | 'block-missing'
    | 'block-length'
    | 'block-extra'
    | 'memory-moved'
    | 'memory-places-unknown'
    | 'devices-unknown'
    | 'device-missing'
    | 'device-extra'
    | 'device-version'
    | 'device-layout'
    | 'pci-differs'
    | 'queues-differ'
    | 'processor-differs';
  /** What QEMU does at this difference, taken alone. */
  readonly outcome: Outcome;
  /** Where QEMU comes to it: an offset in the file. */
  readonly metAt: number;
  /** The block or the section that it is about, as the file names it. */
  readonly subject?: string;
  readonly message: string;
  /** The option that mends it. */
  readonly help?: string;
  /** QEMU's words. */
  readonly qemu?: string;
}
