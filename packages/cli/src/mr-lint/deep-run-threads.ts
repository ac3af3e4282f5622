import { ThreadedPageFinder } from '@mapped-ram/multifd';
import { channelsPay } from '../shared/channels-pay.js';
import type { PageReading } from '../shared/page-reading.js';
import { printable } from '../shared/printable.js';
import type { OutputStream } from '../shared/terminal.js';

/** The threads that scan pages in a deep run: those of one file at a time. */
export class DeepRunThreads {
  readonly #reading: PageReading;
  readonly #stderr: OutputStream;
  readonly #signal: AbortSignal;
  #path: string | undefined;
  #scanner: ThreadedPageFinder | undefined;

  constructor(reading: PageReading, stderr: OutputStream, signal: AbortSignal) {
    this.#reading = reading;
    this.#stderr = stderr;
    this.#signal = signal;
  }

  /**
   * The scanner of a file, which is started unless it was before: starting takes some time, in which other things can be done.
   *
   * @returns undefined where threads are not worth it.
   */
  async start(path: string): Promise<ThreadedPageFinder | undefined> {
    if (this.#path === path) return this.#scanner;
    await this.close();
    this.#path = path;
    if (!channelsPay(path, this.#reading)) return undefined;
    this.#scanner = new ThreadedPageFinder(path, {
      ...this.#reading,
      signal: this.#signal,
      onNotice: ({ message }) => this.#stderr.write(`mr-lint: ${printable(message)}\n`),
    });
    return this.#scanner;
  }

  /** Ends the threads that there are. */
  async close(): Promise<void> {
    await this.#scanner?.close();
    this.#scanner = undefined;
    this.#path = undefined;
  }
}
