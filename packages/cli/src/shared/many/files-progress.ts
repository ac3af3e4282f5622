import { statSync } from 'node:fs';
import { ProgressLine, type ProgressTerminal } from '../progress-line.js';
import { formatCount } from '../quantities.js';

/** How far the work on some files is, by their lengths, in one line for all of them. */
export class FilesProgress {
  readonly #line: ProgressLine;
  readonly #lengths: readonly number[];
  readonly #totalBytes: number;
  #done = 0;
  #doneBytes = 0;

  /** @param program What works on them: it stands in the line where there are several. */
  constructor(terminal: ProgressTerminal, program: string, paths: readonly string[]) {
    const [only = program, ...others] = paths;
    this.#line = new ProgressLine(terminal, others.length === 0 ? only : program);
    this.#lengths = paths.map(lengthOf);
    this.#totalBytes = this.#lengths.reduce((sum, length) => sum + length, 0);
  }

  /** The next file is done. */
  next(): void {
    this.#doneBytes += this.#lengths[this.#done++] ?? 0;
    this.#show(this.#doneBytes);
  }

  /** How far the work on the next file is. */
  within(doneBytes: number, totalBytes: number): void {
    const share = totalBytes > 0 ? Math.min(1, doneBytes / totalBytes) : 0;
    this.#show(this.#doneBytes + share * (this.#lengths[this.#done] ?? 0));
  }

  /** Takes the line away, so that something can be printed. */
  clear(): void {
    this.#line.clear();
  }

  #show(doneBytes: number): void {
    const count = this.#lengths.length;
    const remark = count > 1 ? `${this.#done} of ${formatCount(count, 'file')}` : undefined;
    this.#line.update(Math.round(doneBytes), this.#totalBytes, { remark });
  }
}

/** One that is empty or cannot be looked at counts a little too. */
function lengthOf(path: string): number {
  try {
    return Math.max(1, Number(statSync(path, { bigint: true }).size));
  } catch {
    return 1;
  }
}
