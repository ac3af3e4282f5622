import { availableParallelism } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  booleanOption,
  checkOptions,
  functionOption,
  integerOption,
  MappedRamError,
  signalOption,
} from '@mapped-ram/format';
import { putErrorTogether } from '@mapped-ram/posix';
import { CallingChannel } from './calling-channel.js';
import { Channel } from './channel.js';
import { BATCH_BYTES, CHANNEL_MEMORY_BYTES, WRITTEN_BATCH_BYTES } from './channel-memory.js';
import { failureInWords } from './failure-in-words.js';
import { IdleProcessors } from './idle-processors.js';
import { MAX_CHANNELS } from './limits.js';
import { type Literal, literalOption } from './literal.js';
import { MAPPINGS_BYTES } from './mapped-memory.js';
import {
  batchesOf,
  checkPages,
  type MovablePages,
  type OnMoved,
  type PageBatch,
  setWantedBits,
} from './movable-pages.js';
import { MUTEX_BYTES } from './mutex.js';
import { TRIAL_BYTES } from './new-memory.js';
import { expectPlace, type Place, placeOption } from './place.js';
import type { ChannelMessage, ChannelSetup } from './protocol.js';
import { createSharedMemory } from './shared-memory.js';

/** Something that the caller should know and that changes no result. */
export interface ChannelNotice {
  readonly kind: 'no-direct-io';
  readonly path: string;
  /** For people. */
  readonly message: string;
}

/** What channels to open. */
export interface ChannelsOptions {
  /** How many: 1 to {@link MAX_CHANNELS}, by default as many as the machine has processors. */
  readonly channels?: number | undefined;
  /** Where pages are read. */
  readonly source: Place;
  /** Where pages are written; without it, they are only searched for zeros. */
  readonly target?: Place | undefined;
  /** A file of which pages are held against those of the source. */
  readonly compared?: Place | undefined;
  /** Bytes that pages are searched for. */
  readonly literal?: Literal | undefined;
  /**
   * All pages will be moved as they are, none looked at. Where the kernel copies them from file to file, which one thread can do at a time,
   * the calling one does it alone as long as it waits for no disk. Off if not given.
   */
  readonly asTheyAre?: boolean | undefined;
  /** Stops all channels; what is under way then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called once for each file that has no direct I/O. */
  readonly onNotice?: ((notice: ChannelNotice) => void) | undefined;
}

/**
 * Starts the channels: threads that move pages from fixed places to fixed places, as QEMU's multifd channels do. Which channel
 * moves what shows in no result. The calling thread is the first channel, some MiB in a turn; one channel alone starts no thread. Channels beyond the
 * number of processors get a thread when processors have nothing to do, since the others wait for a disk.
 *
 * @throws MappedRamError `read-failed` or `write-failed` where a file cannot be opened; the signal's reason.
 * @throws RangeError where there cannot be so many.
 */
export async function openChannels(options: ChannelsOptions): Promise<Channels> {
  checkOptions<ChannelsOptions>(options, {
    channels: integerOption(1, MAX_CHANNELS),
    source: placeOption,
    target: placeOption,
    compared: placeOption,
    literal: literalOption,
    asTheyAre: booleanOption,
    signal: signalOption,
    onNotice: functionOption,
  });
  placeOption(options.source, 'source');
  const { channels: count = Math.min(availableParallelism(), MAX_CHANNELS), signal } = options;
  signal?.throwIfAborted();
  const channels = new Channels(count, options);
  await channels.join();
  return channels;
}

/** The calling thread lets signals come through this often where no other runs. */
const TURN_MS = 10;

/** The number of the calling thread's channel. */
const CALLING = 0;

/** Open channels. They keep the process alive until they are closed, or one of them has failed. */
export class Channels {
  /** How many there are, the calling thread among them. */
  readonly count: number;
  /** Those that run or start. */
  readonly #channels: Channel[] = [];
  /** How many threads there may be. */
  readonly #mostThreads: number;
  readonly #processors: IdleProcessors;
  readonly #startThread: (channel: number) => Channel;
  readonly #options: ChannelsOptions;
  readonly #setup: Omit<ChannelSetup, 'channel'>;
  readonly #noticedPaths = new Set<string>();
  #ready = 0;
  #lastTurnMs = performance.now();
  #underWay = 0;
  #calling: CallingChannel | undefined;
  #wakeUps: (() => void)[] = [];
  /** Why there is nothing more to be had, and when all threads have ended. */
  #end: { readonly reason: unknown; readonly ended: Promise<void> } | undefined;

  /**
   * Use {@link openChannels}.
   *
   * @param program What the threads run; tests put others in its place.
   */
  constructor(
    count: number,
    options: ChannelsOptions,
    program: URL = new URL('./worker.js', import.meta.url),
  ) {
    this.#options = options;
    this.count = count;
    this.#mostThreads = count - 1;
    const source = expectPlace(options.source, 'read');
    const target = options.target && expectPlace(options.target, 'write');
    const compared = options.compared && expectPlace(options.compared, 'read');
    this.#setup = {
      memory: createSharedMemory(count * CHANNEL_MEMORY_BYTES),
      writing: new SharedArrayBuffer(MUTEX_BYTES),
      trial: new SharedArrayBuffer(TRIAL_BYTES),
      mappings: new SharedArrayBuffer(MAPPINGS_BYTES),
      source,
      target,
      compared,
      literal: options.literal,
    };
    const listener = {
      onMessage: (channel: Channel, message: ChannelMessage) => this.#onMessage(channel, message),
      onDeath: (channel: Channel, reason: string, cause?: unknown) => {
        const code = target === undefined ? 'read-failed' : 'write-failed';
        this.#stop(new MappedRamError(code, { what: `channel ${channel.index} ${reason}`, cause }));
      },
    };
    this.#startThread = (channel) => new Channel({ channel, ...this.#setup }, listener, program);
    const isMapped = target !== undefined && 'memory' in target && target.copyOnWrite === true;
    const isOneEnough = options.asTheyAre === true || isMapped;
    this.#processors = new IdleProcessors(isOneEnough ? 1 : availableParallelism());
    if (!isOneEnough) this.#startForProcessors();
    options.signal?.addEventListener('abort', this.#onAbort);
  }

  /** Starts every thread, whether there is work for it or not; settles when all have opened their files. */
  async opened(): Promise<void> {
    await this.#until(() => {
      if (this.#ready === this.#channels.length) this.#guard(() => this.#startNext());
      return this.#ready === this.#mostThreads;
    });
  }

  /**
   * Use {@link openChannels}. Has this thread be the first channel.
   *
   * @throws MappedRamError where a file cannot be opened. All threads have ended then.
   */
  async join(): Promise<void> {
    this.#guard(() => {
      const setup = { channel: CALLING, ...this.#setup };
      this.#calling = this.#asChannel(
        () => new CallingChannel(setup, ({ path }, error) => this.#notice(path, error.message)),
      );
    });
    await this.#until(() => true);
  }

  /**
   * Hands pages over to the channels, in batches, each to one that is free. Resolves when the last batch is handed over, and
   * `wanted` can be changed; {@link Channels.sync} waits until they are moved. A page that is moved twice without a `sync` in
   * between may end up as either.
   *
   * @param onMoved Called for each batch in which a page is wanted, in no order, when it is moved.
   * @throws RangeError where these are not pages that can be moved.
   * @throws MappedRamError the first failure of a channel: `read-failed`, `short-read` where the source became shorter,
   * `unexpected-end` where it ends before the pages, `write-failed`. All threads have ended then.
   */
  async move(pages: MovablePages, onMoved?: OnMoved): Promise<void> {
    const { target } = this.#options;
    checkPages(pages, this.#options);
    const suitable = target !== undefined && 'path' in target ? WRITTEN_BATCH_BYTES : BATCH_BYTES;
    for (const batch of batchesOf({ ...pages, batchBytes: pages.batchBytes ?? suitable })) {
      const { firstPage, pageCount } = batch;
      let wantedPages = 0;
      const setBits = (bits: Uint8Array) => {
        wantedPages = setWantedBits(pages, batch, bits);
      };
      const onDone = (bits: Uint8Array) =>
        onMoved?.({
          firstPage,
          pageCount,
          wantedPages,
          bits: bits.subarray(0, Math.ceil(pageCount / 64) * 8),
        });
      let isHere = false;
      await this.#until(() => {
        if (this.#give(batch, setBits, onDone)) return true;
        isHere = this.#moveHere(batch, setBits, onDone);
        return isHere;
      });
      if (!isHere) continue;
      this.#guard(() => this.#startBesideThis());
      await this.#letThrough();
    }
  }

  /**
   * Waits until everything that was handed over is moved: between two rounds over the same pages, and at the end.
   *
   * @throws MappedRamError as {@link Channels.move} does.
   */
  async sync(): Promise<void> {
    await this.#until(() => this.#underWay === 0);
  }

  /** Ends the threads, whatever they are doing, and waits for that; their descriptors are closed then. Never rejects. */
  async close(): Promise<void> {
    this.#stop(new TypeError('the channels are closed'));
    await this.#end?.ended;
  }

  /** A signal has to come through, and a thread's message: at once where there are threads, since they wait for it. */
  async #letThrough(): Promise<void> {
    const now = performance.now();
    if (this.#channels.length === 0 && now - this.#lastTurnMs < TURN_MS) return;
    await nextTurn();
    this.#lastTurnMs = now;
  }

  /** As many threads as have a processor beside this one. */
  #startForProcessors(): void {
    const atOnce = Math.max(1, availableParallelism() - 1);
    while (this.#channels.length < Math.min(atOnce, this.#mostThreads)) this.#startNext();
  }

  #startNext(): void {
    if (this.#channels.length === this.#mostThreads) return;
    this.#channels.push(this.#startThread(this.#channels.length + 1));
  }

  /** Starting a thread takes a processor: one more than there are waits for the one before, and until those that run wait for something else. */
  #startNextWhereIdle(): void {
    if (this.#ready < this.#channels.length || this.#channels.length === this.#mostThreads) return;
    if (this.#processors.areIdle()) this.#startNext();
  }

  /** Where this thread has no other beside it: as soon as it waits, or has to read and write what it moves. */
  #startBesideThis(): void {
    if (this.#mostThreads === 0 || this.#channels.length > 0 || this.#calling === undefined) return;
    if (this.#calling.copiesInKernel) this.#startNextWhereIdle();
    else this.#startForProcessors();
  }

  /** Gives a batch to the thread that has the least to do; false where all have enough. */
  #give(batch: PageBatch, setBits: (bits: Uint8Array) => void, onDone: (bits: Uint8Array) => void): boolean {
    const free = (channel: Channel) => (channel.isReady ? channel.freeSlots : 0);
    const freest = this.#channels.reduce<Channel | undefined>(
      (a, b) => (a === undefined || free(b) > free(a) ? b : a),
      undefined,
    );
    if (freest === undefined || free(freest) === 0) return false;
    freest.give(batch, setBits, onDone);
    this.#underWay++;
    return true;
  }

  /** Waits for a condition that changes with messages; throws when the channels have stopped. */
  async #until(condition: () => boolean): Promise<void> {
    for (;;) {
      if (this.#end !== undefined) {
        await this.#end.ended;
        throw this.#end.reason;
      }
      if (condition()) return;
      await new Promise<void>((resolve) => {
        this.#wakeUps.push(resolve);
      });
    }
  }

  #wake(): void {
    const wakeUps = this.#wakeUps;
    this.#wakeUps = [];
    for (const wakeUp of wakeUps) wakeUp();
  }

  #onMessage(channel: Channel, message: ChannelMessage): void {
    if (message.kind === 'ready') {
      this.#ready++;
    } else if (message.kind === 'done') {
      this.#guard(() => channel.finish(message.slot));
      this.#underWay--;
      this.#guard(() => this.#startNextWhereIdle());
    } else if (message.kind === 'failed') {
      this.#stop(failureInWords(putErrorTogether(message.failure), `channel ${channel.index}`));
    } else {
      this.#guard(() => this.#notice(message.path, message.error.message));
    }
    this.#wake();
  }

  #notice(path: string, reason: string): void {
    if (this.#noticedPaths.has(path)) return;
    this.#noticedPaths.add(path);
    this.#options.onNotice?.({
      kind: 'no-direct-io',
      path,
      message: `${path} has no direct I/O, so the page cache is used: ${reason}`,
    });
  }

  /** What the caller's functions throw stops the channels like everything else. */
  #guard(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#stop(error);
    }
  }

  /** Moves a batch in this thread, if it is a channel; its failures are those of a channel. */
  #moveHere(batch: PageBatch, setBits: (bits: Uint8Array) => void, onDone: (bits: Uint8Array) => void) {
    const calling = this.#calling;
    if (calling === undefined) return false;
    this.#guard(() => onDone(this.#asChannel(() => calling.move(batch, setBits))));
    return true;
  }

  #asChannel<T>(act: () => T): T {
    try {
      return act();
    } catch (error) {
      throw error instanceof MappedRamError ? failureInWords(error, `channel ${CALLING}`) : error;
    }
  }

  #closeCalling(): void {
    this.#calling?.close();
    this.#calling = undefined;
  }

  readonly #onAbort = (): void => this.#stop(this.#options.signal?.reason);

  /** Ends all threads. Only the first reason counts. */
  #stop(reason: unknown): void {
    if (this.#end !== undefined) return;
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    this.#closeCalling();
    const ended = Promise.all(this.#channels.map((channel) => channel.end())).then(() => {});
    this.#end = { reason, ended };
    this.#wake();
  }
}
