/** Between two looks: long against what a processor's time is counted in. */
const INTERVAL_MS = 40;

/** Of the processors' time, used by this process: with more, one more thread would only take it from the others. */
const BUSY_SHARE = 0.8;

/** What has passed since some moment. */
export interface PassedTime {
  readonly elapsedMs: number;
  /** Of processors, by all threads of this process. */
  readonly processorMs: number;
}

/** Tells whether this process leaves processors idle. */
export class IdleProcessors {
  readonly #now: () => PassedTime;
  readonly #processors: number;
  #last: PassedTime;

  /**
   * @param processors How many this process could use.
   * @param now Tests give another clock.
   */
  constructor(processors: number, now = passedTime) {
    this.#now = now;
    this.#processors = processors;
    this.#last = now();
  }

  /** Whether processors were idle since the last look; false where that was just now. */
  areIdle(): boolean {
    const last = this.#last;
    const now = this.#now();
    const elapsedMs = now.elapsedMs - last.elapsedMs;
    if (elapsedMs < INTERVAL_MS) return false;
    this.#last = now;
    return now.processorMs - last.processorMs < elapsedMs * this.#processors * BUSY_SHARE;
  }
}

function passedTime(): PassedTime {
  const { user, system } = process.cpuUsage();
  return { elapsedMs: performance.now(), processorMs: (user + system) / 1000 };
}
