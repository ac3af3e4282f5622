/** Between two looks: long against what a processor's time is counted in. */
const INTERVAL_MS = 40;

/** Of the processors' time, used by this process: with more, one more thread would only take it from the others. */
const BUSY_SHARE = 0.8;

/** What has passed since some moment, in milliseconds. */
export interface PassedTime {
  elapsedMs(): number;
  /** Of processors, by all threads of this process. Asking takes some 30 microseconds. */
  processorMs(): number;
}

/** Tells whether this process leaves processors idle. */
export class IdleProcessors {
  readonly #passed: PassedTime;
  readonly #processors: number;
  #lastElapsedMs: number;
  #lastProcessorMs: number;

  /**
   * @param processors How many this process could use.
   * @param passed Tests give other clocks.
   */
  constructor(processors: number, passed: PassedTime = passedTime) {
    this.#passed = passed;
    this.#processors = processors;
    this.#lastElapsedMs = passed.elapsedMs();
    this.#lastProcessorMs = passed.processorMs();
  }

  /** Whether processors were idle since the last look; false where that was just now. */
  areIdle(): boolean {
    const nowMs = this.#passed.elapsedMs();
    const elapsedMs = nowMs - this.#lastElapsedMs;
    if (elapsedMs < INTERVAL_MS) return false;
    const allProcessorMs = this.#passed.processorMs();
    const processorMs = allProcessorMs - this.#lastProcessorMs;
    this.#lastElapsedMs = nowMs;
    this.#lastProcessorMs = allProcessorMs;
    return processorMs < elapsedMs * this.#processors * BUSY_SHARE;
  }
}

const passedTime: PassedTime = {
  elapsedMs: () => performance.now(),
  processorMs: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
};
