import { Worker } from 'node:worker_threads';
import { SLOTS_PER_CHANNEL, slotBits } from './channel-memory.js';
import { type Batch, type ChannelMessage, type ChannelSetup, END, type SlotBatch } from './protocol.js';

/** How long a thread may take for what it has, where the disk is slow. */
const PATIENCE_MS = 60_000;

/** Told what was moved of a batch, through the slot's bits, before the slot is used again. */
export type OnDone = (bits: Uint8Array) => void;

/** Told what becomes of a channel. */
export interface ChannelListener {
  onMessage(channel: Channel, message: ChannelMessage): void;
  /** The thread ended, or is about to, and nobody asked it to. */
  onDeath(channel: Channel, reason: string, cause?: unknown): void;
}

/** A thread that moves pages, as the thread that deals them sees it. */
export class Channel {
  readonly index: number;
  readonly #memory: ChannelSetup['memory'];
  readonly #worker: Worker;
  readonly #slots: (OnDone | undefined)[] = new Array(SLOTS_PER_CHANNEL).fill(undefined);
  #freeSlots = SLOTS_PER_CHANNEL;
  readonly #exited: Promise<void>;
  #isReady = false;
  #isEnding = false;

  /** @param program Of the thread. */
  constructor(setup: ChannelSetup, listener: ChannelListener, program: URL) {
    this.index = setup.channel;
    this.#memory = setup.memory;
    this.#worker = new Worker(program, {
      name: `channel ${setup.channel}`,
      workerData: setup,
      // What the program was started with, a debugger or a preloaded module, is not meant for channels.
      execArgv: [],
    });
    this.#worker.on('message', (message: ChannelMessage) => {
      this.#isReady = true;
      if (!this.#isEnding) listener.onMessage(this, message);
    });
    this.#worker.on('error', (error) => {
      if (!this.#isEnding) listener.onDeath(this, `died: ${error.message}`, error);
    });
    this.#exited = new Promise((resolve) => this.#worker.once('exit', () => resolve()));
    this.#worker.on('exit', (status) => {
      if (!this.#isEnding) listener.onDeath(this, `ended with status ${status}`);
    });
  }

  /** Whether its thread has answered: what it is given is moved now. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** How many batches it can still be given. */
  get freeSlots(): number {
    return this.#freeSlots;
  }

  /**
   * Gives it a batch.
   *
   * @param setBits Sets the bits of the wanted pages.
   * @throws RangeError where there is no free slot.
   */
  give(batch: Batch, setBits: (bits: Uint8Array) => void, onDone: OnDone): void {
    const slot = this.#slots.indexOf(undefined);
    if (slot < 0) throw new RangeError(`channel ${this.index} has no free slot`);
    setBits(slotBits(this.#memory, this.index, slot));
    this.#slots[slot] = onDone;
    this.#freeSlots--;
    this.#worker.postMessage({ ...batch, slot } satisfies SlotBatch);
  }

  /** Takes back a slot whose batch is done. */
  finish(slot: number): void {
    const onDone = this.#slots[slot];
    onDone?.(slotBits(this.#memory, this.index, slot));
    this.#slots[slot] = undefined;
    this.#freeSlots++;
  }

  /**
   * Ends the thread, after the batches that it has; its descriptors are closed then. It is asked to: a thread that is stopped within a
   * call of a native library takes the whole process with it. One that does not answer is stopped all the same, and one that has not
   * begun at once. Never rejects.
   */
  async end(): Promise<void> {
    if (!this.#isReady) this.#worker.terminate();
    else if (!this.#isEnding) this.#worker.postMessage(END);
    this.#isEnding = true;
    const timer = setTimeout(() => this.#worker.terminate(), PATIENCE_MS);
    await this.#exited;
    clearTimeout(timer);
  }
}
