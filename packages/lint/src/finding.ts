import type { ByteSpan } from '@mapped-ram/reader';

/**
 * What QEMU does with a file: restores the memory that was saved; refuses with an error; crashes (or hangs, which
 * the user cannot tell from it); or completes with other memory than was saved.
 */
export type Outcome = 'restores' | 'refused' | 'crashes' | 'wrong-memory';

/** error: the file does not restore as saved; warning: it loads but is suspicious or not portable; note: worth knowing. */
export type Severity = 'error' | 'warning' | 'note';

/** What a rule found. The span is absolute in the file. */
export interface Finding extends ByteSpan {
  /** Id of the rule. */
  readonly rule: string;
  readonly severity: Severity;
  /** What is wrong, in one sentence. */
  readonly message: string;
  /** The place in the structure, such as `ram.blocks[2].pagesOffset`. */
  readonly where: string;
  readonly expected?: string;
  readonly actual?: string;
  /** What QEMU does with it, in words. */
  readonly qemu: string;
  /** The outcome that this finding predicts, taken alone. */
  readonly outcome: Outcome;
  /** When QEMU meets it: a number that grows with the restore, which is an offset in the file as long as its sections follow one another. */
  readonly metAt: number;
  /** Whether the restore gets as far as this; not where an earlier finding ends it. */
  readonly reached: boolean;
  /** What helps. */
  readonly remedy: string;
}
