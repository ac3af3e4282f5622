import { fstatSync, writeSync } from 'node:fs';
import type { OutputStream } from './terminal.js';

/** What `/dev/null` is on Linux: a device that is no terminal. */
const NULL_DEVICE = 0x103n;

/**
 * Standard output or error. What is no terminal is written to as it is: Node's own stream takes 3 to 5 ms to load, a tenth of a short run.
 */
export class ProcessOutput implements OutputStream {
  readonly #descriptor: number;
  readonly #nodeStream: () => NodeJS.WriteStream;
  readonly #onError: (error: NodeJS.ErrnoException) => void;
  #stream: NodeJS.WriteStream | undefined;
  #errored: Error | null = null;

  /**
   * @param nodeStream Node's own, which is made when it is first asked for.
   * @param onError Told once that a write has failed.
   */
  constructor(
    descriptor: number,
    nodeStream: () => NodeJS.WriteStream,
    onError: (error: NodeJS.ErrnoException) => void,
  ) {
    this.#descriptor = descriptor;
    this.#nodeStream = nodeStream;
    this.#onError = onError;
    if (!isWrittenStraight(descriptor)) this.#useNodeStream();
  }

  get isTTY(): boolean {
    return this.#stream?.isTTY === true;
  }

  get columns(): number {
    return this.#stream?.columns ?? 0;
  }

  get errored(): Error | null {
    return this.#errored;
  }

  write(text: string): void {
    if (this.#errored !== null) return;
    if (this.#stream === undefined) this.#writeStraight(Buffer.from(text));
    else this.#stream.write(text);
  }

  #writeStraight(bytes: Buffer): void {
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(this.#descriptor, bytes, written);
    } catch (error) {
      // Somebody has a pipe that does not wait: Node's stream keeps what it does not take yet.
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN')
        this.#useNodeStream().write(bytes.subarray(written));
      else this.#fail(error as NodeJS.ErrnoException);
    }
  }

  #useNodeStream(): NodeJS.WriteStream {
    const stream = this.#nodeStream();
    stream.on('error', (error) => this.#fail(error));
    this.#stream = stream;
    return stream;
  }

  #fail(error: NodeJS.ErrnoException): void {
    if (this.#errored !== null) return;
    this.#errored = error;
    this.#onError(error);
  }
}

function isWrittenStraight(descriptor: number): boolean {
  // As bigint: a pipe or socket that was asked for as numbers has the next module that lies behind a symbolic link be loaded by the link's
  // name, where its dependencies are not found (Node 20 to 24, lib/fs.js, realpathSync looks at what the last stat left).
  const stats = fstatSync(descriptor, { bigint: true });
  // Node gives its child processes sockets for pipes.
  if (stats.isFile() || stats.isFIFO() || stats.isSocket()) return true;
  return stats.isCharacterDevice() && stats.rdev === NULL_DEVICE;
}
