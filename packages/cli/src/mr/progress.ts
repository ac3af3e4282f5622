import { type ProgressDetails, ProgressLine } from '../shared/progress-line.js';
import type { Terminal } from '../shared/terminal.js';

/** How far a work is, in bytes. */
export interface Progress extends ProgressDetails {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/**
 * Works with a progress line on standard error, if that is a terminal. The line is gone afterwards.
 *
 * @param label What the work is on.
 */
export async function withProgress<T>(
  { stderr }: Terminal,
  label: string,
  work: (onProgress: (progress: Progress) => void) => Promise<T>,
): Promise<T> {
  const line = stderr.isTTY === true ? new ProgressLine(stderr, label) : undefined;
  try {
    return await work(({ doneBytes, totalBytes, ...details }) =>
      line?.update(doneBytes, totalBytes, details),
    );
  } finally {
    line?.clear();
  }
}
