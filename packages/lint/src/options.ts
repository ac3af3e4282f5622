import type { NonzeroPageFinder } from '@mapped-ram/facts';
import type { WordOrder } from '@mapped-ram/format';
import type { Severity } from './finding.js';
import type { SealFacts } from './seal-facts.js';
import type { QemuVersion } from './target.js';

/** How far a deep run has come through the pages. */
export interface LintProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** Which restore is predicted, how the file is read, and how far. */
export interface LintOptions {
  /** The QEMU to predict for, such as `10.0`, or `10.0.13`, which is the same; the newest known by default. */
  readonly qemu?: QemuVersion | `${QemuVersion}.${number}`;
  /** Predict a restore with the multifd capability on. */
  readonly multifd?: boolean;
  /**
   * Predict a restore with the capability mapped-ram on, whatever the stream is: a classic one is refused. By default the capability is
   * as the stream wants it, and a classic stream is walked to its end.
   */
  readonly mappedRam?: boolean;
  /** Read the pages too. */
  readonly deep?: boolean;
  /**
   * How much of the pages a quick run may read, in bytes, to look for memory whose bitmap was lost; 0 for nothing. By default 1 MiB
   * in samples of 64 KiB; where the source knows its holes, 1 GiB of what is none, which in a good file is nothing.
   */
  readonly probeBytes?: number;
  /** Finds pages that are not zero in a deep run, in this very file; by default this thread does, through the source. */
  readonly scanner?: NonzeroPageFinder;
  /** Called in a deep run when all pages were scanned: what the scanner holds can be given back while the rules look at what it found. */
  readonly onScanned?: () => void;
  /** Offset of the stream in the file, in bytes; by default the start, or where a libvirt header says. */
  readonly streamOffset?: number;
  /** Byte order of the bitmap's words; little-endian by default. */
  readonly wordOrder?: WordOrder;
  /** What rules shall be reported as, by id. The verdict stays what it is. An unknown id is a RangeError. */
  readonly rules?: Readonly<Record<string, Severity | 'off'>>;
  /** Tells what the file's seal says, where it has one. Called when everything else was read. */
  readonly seal?: () => Promise<SealFacts | undefined>;
  readonly signal?: AbortSignal;
  /** Called a few times a second at most, in a deep run. */
  readonly onProgress?: (progress: LintProgress) => void;
}
