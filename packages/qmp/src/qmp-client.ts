import { createConnection } from 'node:net';
import type { Duplex } from 'node:stream';
import { checkOptions, durationOption, functionOption, signalOption } from '@mapped-ram/format';
import { MappedRamError } from '@mapped-ram/format/errors';
import { EventListeners } from './event-listeners.js';
import { MessageLines } from './message-lines.js';
import { refuseOccupied, silenceRemark } from './occupied-socket.js';
import { badMessage, QmpError, qmpTimeout } from './qmp-error.js';
import { QmpLimits } from './qmp-limits.js';
import { parseMessage, type QmpEvent, type QmpGreeting, type QmpMessage } from './qmp-message.js';
import type { ResultShape } from './result-shape.js';
import { type Settle, Waiting } from './waiting.js';

/** QEMU greets at once; it serves one client at a time, so that silence mostly means that there is another. */
const CONNECT_TIMEOUT_MS = 4_000;
const ANSWER_TIMEOUT_MS = 30_000;

/** How to connect. */
export interface QmpConnectOptions {
  /** Milliseconds for the greeting and the negotiation together; 4,000 when not given, `Infinity` for no limit. */
  readonly timeoutMs?: number | undefined;
  /** Ends the waiting for the greeting and the negotiation; afterwards it does nothing. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for the answer to a command that has no limit of its own; 30,000 when not given. */
  readonly answerTimeoutMs?: number | undefined;
}

/** How long to wait. */
export interface QmpWaitOptions {
  /** Milliseconds; the connection's limit when not given (30,000), `Infinity` for no limit. */
  readonly timeoutMs?: number | undefined;
  /** Ends the waiting with its reason. A command that was sent is carried out all the same. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Sends a command's bytes over the connection in place of the client, to send something beside them: descriptors, which QEMU takes with
 * `add-fd` and `getfd` (SCM_RIGHTS). It is called when nothing that was written before is still on its way.
 * @param stream the connection; what is written must not pass through its own buffer, or the client's order is lost
 * @returns how many of the bytes were sent; the client sends the rest. What it throws rejects the command.
 */
export type QmpMessageSender = (stream: Duplex, message: Uint8Array) => number;

/** How to run a command. */
export interface QmpExecuteOptions<Result = unknown> extends QmpWaitOptions {
  /** Checks what the command returns; without it nothing is known of that. */
  readonly result?: ResultShape<Result> | undefined;
  /** Not given for a command that consists of its text alone. */
  readonly sendMessage?: QmpMessageSender | undefined;
}

type Reply = Extract<QmpMessage, { kind: 'return' | 'error' }>;

/**
 * One QMP connection, ready for commands. {@link connectQmp} makes it. Commands may overlap; QEMU answers them in order.
 *
 * A peer that sends what is no QMP is not listened to any more: whatever waits fails with `bad-qmp-message`, and so does every later
 * command. It is still sent, so that a guest which was stopped is told to go on, should QEMU be there all the same.
 */
export class QmpClient {
  readonly #stream: Duplex;
  readonly #answerTimeoutMs: number;
  readonly #listeners = new EventListeners();
  readonly #replies = new Map<number, Settle<Reply>>();
  /** Commands whose answers nobody waits for any more. */
  readonly #abandoned = new Set<number>();
  readonly #waiting = new Waiting();
  readonly #lines = new MessageLines(QmpLimits.messageLengthBytes);
  #greeting: QmpGreeting | undefined;
  #onGreeting: ((greeting: QmpGreeting) => void) | undefined;
  #lastId = 0;
  #closed: Error | undefined;
  #broken: Error | undefined;

  private constructor(stream: Duplex, answerTimeoutMs: number) {
    this.#stream = stream;
    this.#answerTimeoutMs = answerTimeoutMs;
    stream.on('data', (chunk: Uint8Array) => this.#receive(chunk));
    stream.on('error', (cause) => this.#close(closed('the QMP connection broke', cause)));
    stream.on('end', () => this.#close(closed('the peer ended the QMP connection')));
    stream.on('close', () => this.close());
  }

  /** See {@link connectQmp}. */
  static async connect(target: string | Duplex, options: QmpConnectOptions = {}): Promise<QmpClient> {
    checkOptions<QmpConnectOptions>(options, {
      timeoutMs: durationOption,
      answerTimeoutMs: durationOption,
      signal: signalOption,
    });
    const { timeoutMs = CONNECT_TIMEOUT_MS, answerTimeoutMs = ANSWER_TIMEOUT_MS, signal } = options;
    const endsAt = performance.now() + timeoutMs;
    const path = typeof target === 'string' ? target : undefined;
    if (path !== undefined) refuseOccupied(path);
    const client = new QmpClient(
      typeof target === 'string' ? createConnection(target) : target,
      answerTimeoutMs,
    );
    try {
      await client.#waiting.for<QmpGreeting>({
        timeoutMs,
        timedOut: () => qmpTimeout('QMP greeting', timeoutMs, client.#remarkOnSilence(path)),
        signal,
        begin: ({ resolve }) => {
          client.#onGreeting = resolve;
          return () => {
            client.#onGreeting = undefined;
          };
        },
      });
      const leftMs = Math.max(1, Math.ceil(endsAt - performance.now()));
      await client.execute('qmp_capabilities', {}, { timeoutMs: leftMs, signal });
      return client;
    } catch (error) {
      client.close();
      throw error;
    }
  }

  /** What QEMU said of itself on this connection. */
  get greeting(): QmpGreeting {
    return this.#greeting as QmpGreeting;
  }

  /**
   * Runs a command and waits for its answer.
   *
   * @typeParam Result what the command returns; it is that for sure where `result` is given
   * @throws QmpError where QEMU refuses; MappedRamError `bad-qmp-result`, `qmp-timeout`, `qmp-closed`, `bad-qmp-message`; what
   * `sendMessage` throws; the signal's reason
   */
  async execute<Result = unknown>(
    command: string,
    args: Readonly<Record<string, unknown>> = {},
    options: QmpExecuteOptions<Result> = {},
  ): Promise<Result> {
    if (this.#closed !== undefined) throw this.#closed;
    checkOptions<QmpExecuteOptions<Result>>(options, {
      timeoutMs: durationOption,
      signal: signalOption,
      result: functionOption,
      sendMessage: functionOption,
    });
    const { timeoutMs = this.#answerTimeoutMs, signal, sendMessage, result } = options;
    signal?.throwIfAborted();
    const id = ++this.#lastId;
    const reply = this.#waiting.for<Reply>({
      timeoutMs,
      timedOut: () => {
        this.#abandoned.add(id);
        return qmpTimeout(`answer to ${command}`, timeoutMs, this.#remarkOnSilence());
      },
      signal,
      begin: (settle) => {
        this.#replies.set(id, settle);
        return () => {
          this.#replies.delete(id);
          if (signal?.aborted) this.#abandoned.add(id);
        };
      },
    });
    const message = `${JSON.stringify({ execute: command, arguments: args, id })}\n`;
    if (sendMessage === undefined) this.#stream.write(message);
    if (this.#broken !== undefined) this.#replies.get(id)?.reject(this.#broken);
    else if (sendMessage !== undefined) {
      this.#sendWith(sendMessage, id, message).catch((error) => this.#replies.get(id)?.reject(error));
    }
    const answer = await reply;
    if (answer.kind === 'error') throw new QmpError(command, answer.errorClass, answer.desc);
    return result === undefined ? (answer.result as Result) : result(answer.result, command);
  }

  /**
   * Calls the listener for every event of that name, from now on.
   * @returns a function that ends it
   */
  on<Data = Record<string, unknown>>(event: string, listener: (event: QmpEvent<Data>) => void): () => void {
    return this.#listeners.add(event, listener as (event: QmpEvent) => void);
  }

  /**
   * Waits for the next event of that name that the predicate accepts. Events that came before the call are not seen: begin to
   * wait before the command that causes the event. What the predicate throws ends the wait.
   *
   * @throws MappedRamError `qmp-timeout`, `qmp-closed`, `bad-qmp-message`; the signal's reason
   */
  waitForEvent<Data = Record<string, unknown>>(
    event: string,
    predicate: (event: QmpEvent<Data>) => boolean = () => true,
    options: QmpWaitOptions = {},
  ): Promise<QmpEvent<Data>> {
    checkOptions<QmpWaitOptions>(options, { timeoutMs: durationOption, signal: signalOption });
    const { timeoutMs = this.#answerTimeoutMs, signal } = options;
    const lost = this.#closed ?? this.#broken;
    if (lost !== undefined) return Promise.reject(lost);
    return this.#waiting.for<QmpEvent<Data>>({
      timeoutMs,
      timedOut: () => qmpTimeout(`event ${event}`, timeoutMs),
      signal,
      begin: ({ resolve, reject }) =>
        this.on<Data>(event, (received) => {
          try {
            if (predicate(received)) resolve(received);
          } catch (error) {
            reject(error as Error);
          }
        }),
    });
  }

  /** Closes the connection; whatever still waits is rejected with `qmp-closed`. Closing twice is fine. */
  close(): void {
    this.#close(closed('the QMP connection is closed'));
  }

  async #sendWith(send: QmpMessageSender, id: number, text: string): Promise<void> {
    const stream = this.#stream;
    // The sender writes past the stream, so the stream has to be empty. An empty chunk is through when all before it are.
    while (stream.writableLength > 0 && !stream.destroyed) {
      await new Promise((resolve) => stream.write('', resolve));
    }
    // Who waits no longer may have closed the descriptors, and their numbers may be others by now.
    if (stream.destroyed || !this.#replies.has(id)) return;
    const message = Buffer.from(text);
    const sentBytes = send(stream, message);
    if (sentBytes < message.length) stream.write(message.subarray(sentBytes));
  }

  #receive(chunk: Uint8Array): void {
    if (this.#broken !== undefined) return;
    try {
      for (const line of this.#lines.push(chunk)) this.#dispatch(parseMessage(line));
    } catch (error) {
      this.#broken = error as Error;
      this.#waiting.rejectAll(this.#broken);
    }
  }

  /** @throws MappedRamError `bad-qmp-message` for what QEMU would not say now */
  #dispatch(message: QmpMessage): void {
    if ((message.kind === 'greeting') !== (this.#greeting === undefined)) {
      throw badMessage(
        message.kind === 'greeting' ? 'it greets twice' : `it begins with an ${KINDS[message.kind]}`,
      );
    }
    if (message.kind === 'greeting') {
      this.#greeting = message.greeting;
      this.#onGreeting?.(message.greeting);
    } else if (message.kind === 'event') {
      this.#listeners.call(message.event);
    } else {
      this.#settle(message);
    }
  }

  #settle(reply: Reply): void {
    // QEMU gives no id back where it could not read the command.
    if (reply.id === undefined) {
      throw badMessage(`it could not read a command: ${reply.kind === 'error' ? reply.desc : ''}`);
    }
    const command = this.#replies.get(reply.id);
    if (command !== undefined) command.resolve(reply);
    else if (!this.#abandoned.delete(reply.id)) {
      throw badMessage(`it answers a command ${reply.id}, and none with that number waits`);
    }
  }

  #remarkOnSilence(path?: string): string {
    const { unfinishedBytes } = this.#lines;
    if (unfinishedBytes > 0) return `; ${unfinishedBytes} bytes came, and no end of a line`;
    return path === undefined ? '' : silenceRemark(path);
  }

  #close(error: Error): void {
    if (this.#closed !== undefined) return;
    this.#closed = this.#broken ?? error;
    this.#waiting.rejectAll(this.#closed);
    this.#stream.destroy();
  }
}

const KINDS = { event: 'event', return: 'answer', error: 'error' } as const;

function closed(what: string, cause?: unknown): MappedRamError {
  return new MappedRamError('qmp-closed', { what, cause });
}

/**
 * Connects to QEMU's QMP socket, waits for the greeting and negotiates.
 * @param target the path of a unix socket, or a stream that is connected already (a socket that QEMU dialled, a pipe pair);
 *   the client owns it from here on
 * @throws MappedRamError `qmp-timeout`, `qmp-closed`, `qmp-taken`, `bad-qmp-message`; QmpError where QEMU refuses the negotiation; the
 *   stream is destroyed then. The signal's reason
 */
export function connectQmp(target: string | Duplex, options: QmpConnectOptions = {}): Promise<QmpClient> {
  return QmpClient.connect(target, options);
}
