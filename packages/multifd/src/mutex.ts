const FREE = 0;
const TAKEN = 1;
const WANTED = 2;

/** The state, and whether a thread stays awake for it. */
const STATE = 0;
const AWAKE = 1;

/** To be woken takes a thread up to a tenth of a millisecond; what is done here, half of one. */
const AWAKE_MS = 1;

/** Looks at the state for each look at the clock. */
const LOOKS = 100;

/** Lets one thread at a time do something. Of those that wait, one stays awake for the time that it may take, and the others sleep. */
export class Mutex {
  readonly #memory: Int32Array;

  /** @param memory The same for all threads: zeroed, of {@link MUTEX_BYTES}. */
  constructor(memory: SharedArrayBuffer) {
    this.#memory = new Int32Array(memory);
  }

  /** @throws What `act` throws. */
  run<T>(act: () => T): T {
    if (!this.#take() && !this.#takeAwake()) {
      // Whoever slept does not know whether others still do, and leaves it as wanted.
      while (Atomics.exchange(this.#memory, STATE, WANTED) !== FREE)
        Atomics.wait(this.#memory, STATE, WANTED);
    }
    try {
      return act();
    } finally {
      if (Atomics.exchange(this.#memory, STATE, FREE) === WANTED) Atomics.notify(this.#memory, STATE, 1);
    }
  }

  #take(): boolean {
    return Atomics.compareExchange(this.#memory, STATE, FREE, TAKEN) === FREE;
  }

  /** One thread at a time, since more would keep the processors from those that do something. */
  #takeAwake(): boolean {
    if (Atomics.compareExchange(this.#memory, AWAKE, 0, 1) !== 0) return false;
    try {
      const end = performance.now() + AWAKE_MS;
      do {
        for (let look = 0; look < LOOKS && Atomics.load(this.#memory, STATE) !== FREE; look++);
        if (this.#take()) return true;
      } while (performance.now() < end);
      return false;
    } finally {
      Atomics.store(this.#memory, AWAKE, 0);
    }
  }
}

/** Memory of a {@link Mutex}. */
export const MUTEX_BYTES = 2 * Int32Array.BYTES_PER_ELEMENT;
