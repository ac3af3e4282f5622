import { foreignPeer } from './foreign-peer.js';
import { badMessage } from './qmp-error.js';
import { quoteBytes } from './quote-bytes.js';

const LINE_FEED = 0x0a;
const OPENING_BRACE = 0x7b;
/** How much is looked at to tell what a peer is. */
const BEGINNING_BYTES = 256;

/**
 * Puts a byte stream's chunks together into lines. QMP ends each message with a line feed (QEMU sends CR LF), and a chunk may
 * hold half a message, several, or half a character. A message is an object, so that a line which begins otherwise is none, whether
 * or not it ends.
 */
export class MessageLines {
  readonly #maxLengthBytes: number;
  #pieces: Uint8Array[] = [];
  #lengthBytes = 0;

  /** @param maxLengthBytes of a line without its line feed */
  constructor(maxLengthBytes: number) {
    this.#maxLengthBytes = maxLengthBytes;
  }

  /** Of a line that has begun and not ended. */
  get unfinishedBytes(): number {
    return this.#lengthBytes;
  }

  /**
   * The lines that a chunk completes, without their line feeds; empty lines are left out.
   *
   * @param chunk is kept until its last line ends
   * @throws MappedRamError `bad-qmp-message` where a line is no message by its first byte, or by its length
   */
  *push(chunk: Uint8Array): Generator<Uint8Array, void, undefined> {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(LINE_FEED, start);
      this.#add(chunk.subarray(start, end === -1 ? chunk.length : end));
      if (end === -1) return;
      const line = this.#take();
      if (!isBlank(line)) yield line;
      start = end + 1;
    }
  }

  #add(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.#pieces.push(piece);
    this.#lengthBytes += piece.length;
    if (this.#lengthBytes > this.#maxLengthBytes) {
      this.#take();
      throw badMessage(`a line has more than ${this.#maxLengthBytes} bytes`);
    }
    // Most pieces are whole messages; of one that comes byte by byte, the beginning is enough.
    if (this.#pieces.length <= BEGINNING_BYTES) checkBeginning(this.#beginning());
  }

  #beginning(): Uint8Array {
    const [first = new Uint8Array()] = this.#pieces;
    const isEnough = this.#pieces.length === 1 || first.length >= BEGINNING_BYTES;
    return (isEnough ? first : Buffer.concat(this.#pieces)).subarray(0, BEGINNING_BYTES);
  }

  #take(): Uint8Array {
    const [first = new Uint8Array()] = this.#pieces;
    const line = this.#pieces.length === 1 ? first : Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#lengthBytes = 0;
    return line;
  }
}

function checkBeginning(bytes: Uint8Array): void {
  const first = bytes.find((byte) => !isSpace(byte));
  if (first === undefined || first === OPENING_BRACE) return;
  const peer = foreignPeer(bytes);
  throw badMessage(peer ?? 'a message begins with {', `${quoteBytes(bytes)}`);
}

const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0d || byte === 0x09;

const isBlank = (line: Uint8Array): boolean => line.every(isSpace);
