import { EventEmitter } from 'node:events';
import { createConnection } from 'node:net';
import type { Duplex } from 'node:stream';
import { LineSplitter } from './line-splitter.js';
import { QmpClosedError, QmpError, QmpTimeoutError } from './qmp-error.js';

const DEFAULT_TIMEOUT_MS = 30_000;
/** The longest answers (query-qmp-schema) are about 300 KB. */
const MAX_MESSAGE_LENGTH = 64 * 1024 * 1024;

/** The version in QEMU's greeting; `package` is the distributor's, for example `Debian 1:10.0.13+ds-0+deb13u1`. */
export interface QmpVersion {
  readonly major: number;
  readonly minor: number;
  readonly micro: number;
  readonly package: string;
}

/** What QEMU says of itself before it takes commands. */
export interface QmpGreeting {
  readonly version: QmpVersion;
  /** Protocol capabilities on offer, such as `oob`; this client asks for none. */
  readonly capabilities: readonly string[];
}

/** An event. Numbers above 2^53 - 1 in `data` have lost their low bits, since they come through `JSON.parse`. */
export interface QmpEvent<Data = Record<string, unknown>> {
  readonly event: string;
  readonly data: Data;
  readonly timestamp: { readonly seconds: number; readonly microseconds: number };
}

/** How long to wait. */
export interface QmpWaitOptions {
  /** Milliseconds; 30,000 when not given, `Infinity` for no limit. */
  readonly timeoutMs?: number;
}

/**
 * Sends a command's bytes over the connection in place of the client, to send something beside them: descriptors, which QEMU takes with
 * `add-fd` and `getfd` (SCM_RIGHTS). It is called when nothing that was written before is still on its way.
 * @param stream the connection; what is written must not pass through its own buffer, or the client's order is lost
 * @returns how many of the bytes were sent; the client sends the rest. What it throws rejects the command.
 */
export type QmpMessageSender = (stream: Duplex, message: Uint8Array) => number;

/** How to run a command. */
export interface QmpExecuteOptions extends QmpWaitOptions {
  /** Not given for a command that consists of its text alone. */
  readonly sendMessage?: QmpMessageSender;
}

interface QmpMessage {
  readonly QMP?: { version: { qemu: Omit<QmpVersion, 'package'>; package: string }; capabilities: string[] };
  readonly return?: unknown;
  readonly error?: { class: string; desc: string };
  readonly event?: string;
  readonly data?: Record<string, unknown>;
  readonly timestamp?: QmpEvent['timestamp'];
  readonly id?: number;
}

interface Settle<T> {
  resolve(value: T): void;
  reject(error: Error): void;
}

/** One QMP connection, ready for commands. {@link connectQmp} makes it. Commands may overlap; QEMU answers them in order. */
export class QmpClient {
  readonly #stream: Duplex;
  readonly #events = new EventEmitter().setMaxListeners(0);
  readonly #replies = new Map<number, Settle<QmpMessage>>();
  readonly #rejectWaiting = new Set<(error: Error) => void>();
  readonly #splitter = new LineSplitter(MAX_MESSAGE_LENGTH);
  #greeting: QmpGreeting = { version: { major: 0, minor: 0, micro: 0, package: '' }, capabilities: [] };
  #onGreeting: ((greeting: QmpGreeting) => void) | undefined;
  #lastId = 0;
  #closed: QmpClosedError | undefined;

  private constructor(stream: Duplex) {
    this.#stream = stream;
    stream.on('data', (chunk: Uint8Array) => this.#receive(chunk));
    stream.on('error', (cause) => this.#fail(new QmpClosedError('the QMP connection broke', { cause })));
    stream.on('end', () => this.close());
    stream.on('close', () => this.close());
  }

  /** See {@link connectQmp}. */
  static async connect(target: string | Duplex, options: QmpWaitOptions = {}): Promise<QmpClient> {
    const client = new QmpClient(typeof target === 'string' ? createConnection(target) : target);
    try {
      client.#greeting = await client.#wait('QMP greeting', options, ({ resolve }) => {
        client.#onGreeting = resolve;
        return () => {
          client.#onGreeting = undefined;
        };
      });
      await client.execute('qmp_capabilities', {}, options);
      return client;
    } catch (error) {
      client.close();
      throw error;
    }
  }

  /** What QEMU said of itself on this connection. */
  get greeting(): QmpGreeting {
    return this.#greeting;
  }

  /**
   * Runs a command and waits for its answer.
   * @typeParam Result what the command returns, as QEMU's QAPI schema has it; not checked
   * @throws QmpError when QEMU refuses; QmpTimeoutError; QmpClosedError; what `sendMessage` throws
   */
  async execute<Result = unknown>(
    command: string,
    args: Readonly<Record<string, unknown>> = {},
    options: QmpExecuteOptions = {},
  ): Promise<Result> {
    const id = ++this.#lastId;
    const reply = this.#wait<QmpMessage>(`answer to ${command}`, options, (settle) => {
      this.#replies.set(id, settle);
      return () => this.#replies.delete(id);
    });
    if (this.#closed === undefined) {
      const message = `${JSON.stringify({ execute: command, arguments: args, id })}\n`;
      if (options.sendMessage === undefined) this.#stream.write(message);
      else
        this.#sendWith(options.sendMessage, message).catch((error) => this.#replies.get(id)?.reject(error));
    }
    const { error, return: result } = await reply;
    if (error !== undefined) throw new QmpError(command, error.class, error.desc);
    return result as Result;
  }

  /**
   * Calls the listener for every event of that name, from now on.
   * @returns a function that ends it
   */
  on<Data = Record<string, unknown>>(event: string, listener: (event: QmpEvent<Data>) => void): () => void {
    this.#events.on(event, listener);
    return () => {
      this.#events.off(event, listener);
    };
  }

  /**
   * Waits for the next event of that name that the predicate accepts. Events that came before the call are not seen: begin to
   * wait before the command that causes the event.
   * @throws QmpTimeoutError, QmpClosedError
   */
  waitForEvent<Data = Record<string, unknown>>(
    event: string,
    predicate: (event: QmpEvent<Data>) => boolean = () => true,
    options: QmpWaitOptions = {},
  ): Promise<QmpEvent<Data>> {
    return this.#wait<QmpEvent<Data>>(`event ${event}`, options, ({ resolve }) =>
      this.on<Data>(event, (received) => {
        if (predicate(received)) resolve(received);
      }),
    );
  }

  /** Closes the connection; whatever still waits is rejected with QmpClosedError. Closing twice is fine. */
  close(): void {
    this.#fail(new QmpClosedError('the QMP connection is closed'));
  }

  /**
   * One promise that ends by itself, by time or with the connection, and leaves nothing registered in any case.
   * @param begin registers for what is awaited (and may not settle before it returns the function that takes this back)
   */
  #wait<T>(what: string, options: QmpWaitOptions, begin: (settle: Settle<T>) => () => void): Promise<T> {
    const { timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    return new Promise<T>((resolve, reject) => {
      if (this.#closed !== undefined) {
        reject(this.#closed);
        return;
      }
      const finish = (): void => {
        clearTimeout(timer);
        this.#rejectWaiting.delete(fail);
        end();
      };
      const fail = (error: Error): void => {
        finish();
        reject(error);
      };
      const timer = Number.isFinite(timeoutMs)
        ? setTimeout(() => fail(new QmpTimeoutError(what, timeoutMs)), timeoutMs)
        : undefined;
      this.#rejectWaiting.add(fail);
      const end = begin({
        resolve: (value) => {
          finish();
          resolve(value);
        },
        reject: fail,
      });
    });
  }

  async #sendWith(send: QmpMessageSender, text: string): Promise<void> {
    const stream = this.#stream;
    // The sender writes past the stream, so the stream has to be empty. An empty chunk is through when all before it are.
    while (stream.writableLength > 0 && !stream.destroyed) {
      await new Promise((resolve) => stream.write('', resolve));
    }
    if (stream.destroyed) return;
    const message = Buffer.from(text);
    const sentBytes = send(stream, message);
    if (sentBytes < message.length) stream.write(message.subarray(sentBytes));
  }

  #receive(chunk: Uint8Array): void {
    let messages: QmpMessage[];
    try {
      messages = this.#splitter.push(chunk).map((line) => JSON.parse(line) as QmpMessage);
    } catch (cause) {
      this.#fail(new QmpClosedError('the peer does not speak QMP', { cause }));
      return;
    }
    for (const message of messages) this.#dispatch(message);
  }

  #dispatch(message: QmpMessage): void {
    if (message.event !== undefined) {
      const { event, data = {}, timestamp = { seconds: 0, microseconds: 0 } } = message;
      this.#events.emit(event, { event, data, timestamp } satisfies QmpEvent);
    } else if (message.QMP !== undefined) {
      const { version, capabilities } = message.QMP;
      this.#onGreeting?.({ version: { ...version.qemu, package: version.package }, capabilities });
    } else if (message.id !== undefined) {
      this.#replies.get(message.id)?.resolve(message);
    }
  }

  #fail(error: QmpClosedError): void {
    if (this.#closed !== undefined) return;
    this.#closed = error;
    for (const reject of [...this.#rejectWaiting]) reject(error);
    this.#stream.destroy();
  }
}

/**
 * Connects to QEMU's QMP socket, waits for the greeting and negotiates.
 * @param target the path of a unix socket, or a stream that is connected already (a socket that QEMU dialled, a pipe pair);
 *   the client owns it from here on
 * @throws QmpTimeoutError, QmpClosedError; the stream is destroyed then
 */
export function connectQmp(target: string | Duplex, options: QmpWaitOptions = {}): Promise<QmpClient> {
  return QmpClient.connect(target, options);
}
