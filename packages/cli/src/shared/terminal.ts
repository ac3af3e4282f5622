/** The outside world as the program sees it, so that a test can be it. */
export interface Terminal {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: NodeJS.ProcessEnv;
}

/** What is used of a stream. */
export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  /** Set once a write has failed. */
  readonly errored?: Error | null;
  /** Writes text, whole. */
  write(text: string): unknown;
}

const DEFAULT_COLUMNS = 100;
const NARROWEST = 40;
const WIDEST = 120;

/** The width to wrap text at: the terminal's (some say 0 and mean unknown), as far as it is good to read. */
export function textColumns({ columns }: OutputStream): number {
  return Math.min(Math.max(columns || DEFAULT_COLUMNS, NARROWEST), WIDEST);
}
