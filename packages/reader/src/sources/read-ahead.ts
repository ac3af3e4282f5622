/** A read that begins so close behind the last request goes on with it: the next header of a block table, or device state. */
const NEAR_BYTES = 1024 * 1024;

/** How much is asked for at once: more and more, as long as reads go forward through a part of the file. */
export class ReadAhead {
  readonly #least: number;
  readonly #most: number;
  #window: number;
  #start = 0;
  #end = 0;

  /** @param least Bytes of a request on its own. @param most Bytes of a request, at most. */
  constructor(least: number, most: number) {
    this.#least = least;
    this.#most = most;
    this.#window = least;
  }

  /** Where a request from `start` should end, that has to reach `end`. */
  endOf(start: number, end: number): number {
    const isNear = start >= this.#end && start - this.#end <= NEAR_BYTES && this.#end > 0;
    this.#window = isNear
      ? Math.min(this.#most, Math.max(this.#window * 2, 2 * (end - this.#start)))
      : this.#least;
    this.#start = start;
    this.#end = Math.max(end, start + this.#window);
    return this.#end;
  }
}
