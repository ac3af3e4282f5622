import { type BigIntStats, closeSync, fstatSync, openSync, read, readSync } from 'node:fs';

/** Waking a thread that reads, and this one again, takes longer than reading so much from the page cache. */
const BLOCKING_READ_BYTES = 64 * 1024;

/** A thread that blocks lets messages come through this often. */
const BLOCKING_TURN_MS = 20;

const CLOSED = -1;

/** An open file whose short reads are done in the calling thread. It is used like Node's `FileHandle`, and loads nothing. */
export class BlockingFile {
  #descriptor: number;
  readonly #longReads = new Set<Promise<unknown>>();
  #lastTurn = Date.now();

  /** @throws an error of Node's `fs` */
  constructor(path: string, flags: number) {
    this.#descriptor = openSync(path, flags);
  }

  /** -1 once it is closed. */
  get fd(): number {
    return this.#descriptor;
  }

  /** As bigint: what is a pipe or socket leaves nothing that Node's module loader would take for its own (lib/fs.js, realpathSync). */
  async stat(): Promise<BigIntStats> {
    return fstatSync(this.fd, { bigint: true });
  }

  /** @throws an error of Node's `fs` */
  async read(
    target: Uint8Array,
    offset: number,
    lengthBytes: number,
    byteOffset: number,
  ): Promise<BytesRead> {
    if (lengthBytes > BLOCKING_READ_BYTES)
      return await this.#readLong(target, offset, lengthBytes, byteOffset);
    if (Math.abs(Date.now() - this.#lastTurn) > BLOCKING_TURN_MS) {
      await new Promise<void>((resolve) => {
        setImmediate(resolve);
      });
      this.#lastTurn = Date.now();
    }
    return { bytesRead: readSync(this.fd, target, offset, lengthBytes, byteOffset) };
  }

  /** Closes it when what is being read has come: the descriptor could be another file's before. */
  async close(): Promise<void> {
    const descriptor = this.#descriptor;
    if (descriptor === CLOSED) return;
    this.#descriptor = CLOSED;
    await Promise.allSettled(this.#longReads);
    closeSync(descriptor);
  }

  async #readLong(
    target: Uint8Array,
    offset: number,
    lengthBytes: number,
    byteOffset: number,
  ): Promise<BytesRead> {
    const reading = new Promise<BytesRead>((resolve, reject) => {
      read(this.fd, target, offset, lengthBytes, byteOffset, (error, bytesRead) => {
        if (error) reject(error);
        else resolve({ bytesRead });
      });
    });
    this.#longReads.add(reading);
    try {
      return await reading;
    } finally {
      this.#longReads.delete(reading);
    }
  }
}

interface BytesRead {
  readonly bytesRead: number;
}
