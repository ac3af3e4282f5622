/** Ends one wait. */
export interface Settle<T> {
  resolve(value: T): void;
  reject(error: Error): void;
}

/** How one wait goes. */
export interface Wait<T> {
  /** Milliseconds; `Infinity` for no limit. */
  readonly timeoutMs: number;
  /** The error where it takes longer. */
  readonly timedOut: () => Error;
  /** Ends the wait with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Registers for what is awaited, and may not settle before it returns the function that takes this back. */
  readonly begin: (settle: Settle<T>) => () => void;
}

/** The promises that wait for something on a connection. Each ends by itself, by time or with all others, and leaves nothing registered. */
export class Waiting {
  readonly #rejects = new Set<(error: Error) => void>();

  /** Waits for one thing. */
  for<T>({ timeoutMs, timedOut, signal, begin }: Wait<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const finish = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        this.#rejects.delete(fail);
        end();
      };
      const fail = (error: Error): void => {
        finish();
        reject(error);
      };
      const timer = Number.isFinite(timeoutMs) ? setTimeout(() => fail(timedOut()), timeoutMs) : undefined;
      const onAbort = (): void => fail(signal?.reason);
      signal?.addEventListener('abort', onAbort);
      this.#rejects.add(fail);
      const end = begin({
        resolve: (value) => {
          finish();
          resolve(value);
        },
        reject: fail,
      });
    });
  }

  /** Ends all of them. */
  rejectAll(error: Error): void {
    for (const reject of [...this.#rejects]) reject(error);
  }
}
