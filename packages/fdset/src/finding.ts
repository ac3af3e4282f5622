/**
 * What QEMU does with a set, from harmless to worst.
 * - `works`: it saves or loads.
 * - `refused`: it reports an error, and the guest goes on.
 * - `misplaced`: it writes to, or reads from, another file or place than the one meant, mostly without an error.
 * - `crashes`: QEMU dies. While saving, the guest is lost with it.
 */
export type FdsetOutcome = 'works' | 'refused' | 'misplaced' | 'crashes';

/** The main channel carries the stream; the multifd channels carry the pages, and all take the same descriptor. */
export type FdsetChannel = 'main' | 'multifd';

/** What is wrong with a set, or worth knowing, as a stable name to branch on. */
export type FdsetFindingCode =
  | 'empty-set'
  | 'no-main-descriptor'
  | 'no-multifd-descriptor'
  | 'synchronous'
  | 'path-only'
  | 'not-a-file'
  | 'different-files'
  | 'not-at-start'
  | 'direct-io-ignored'
  | 'flags-changed'
  | 'unused';

/** One thing about a set. */
export interface FdsetFinding {
  readonly code: FdsetFindingCode;
  /** What this alone makes QEMU do; `works` for what is only worth knowing. */
  readonly outcome: FdsetOutcome;
  readonly channel?: FdsetChannel;
  /** Of the descriptor it is about, in the list that was checked. */
  readonly descriptorIndex?: number;
  /** What is wrong and what comes of it, for people. */
  readonly message: string;
  /** What to do about it, for people. */
  readonly help?: string;
  /** How QEMU's own error begins, where it reports one. */
  readonly qemuError?: string;
}
