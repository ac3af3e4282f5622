const FREE = 0;
const TAKEN = 1;
const WANTED = 2;

/** Lets one thread at a time do something. Those that wait sleep. */
export class Mutex {
  readonly #state: Int32Array;

  /** @param memory The same for all threads: zeroed, of {@link MUTEX_BYTES}. */
  constructor(memory: SharedArrayBuffer) {
    this.#state = new Int32Array(memory);
  }

  /** @throws What `act` throws. */
  run<T>(act: () => T): T {
    if (Atomics.compareExchange(this.#state, 0, FREE, TAKEN) !== FREE) {
      // Whoever had to wait does not know whether others still do, and leaves it as wanted.
      while (Atomics.exchange(this.#state, 0, WANTED) !== FREE) Atomics.wait(this.#state, 0, WANTED);
    }
    try {
      return act();
    } finally {
      if (Atomics.exchange(this.#state, 0, FREE) === WANTED) Atomics.notify(this.#state, 0, 1);
    }
  }
}

/** Memory of a {@link Mutex}. */
export const MUTEX_BYTES = Int32Array.BYTES_PER_ELEMENT;
