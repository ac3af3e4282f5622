import type { QmpEvent } from './qmp-message.js';

type Listener = (event: QmpEvent) => void;

/** Who listens to which events. A name is a name: none has a meaning of its own, as `error` has for an EventEmitter. */
export class EventListeners {
  readonly #byName = new Map<string, Set<Listener>>();

  /** @returns takes it back */
  add(name: string, listener: Listener): () => void {
    const listeners = this.#byName.get(name) ?? new Set();
    this.#byName.set(name, listeners.add(listener));
    return () => {
      listeners.delete(listener);
    };
  }

  /** What a listener throws is thrown where no peer can catch it, and keeps nothing from the others. */
  call(event: QmpEvent): void {
    for (const listener of [...(this.#byName.get(event.event) ?? [])]) {
      try {
        listener(event);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
