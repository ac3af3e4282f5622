import { StringDecoder } from 'node:string_decoder';

/**
 * Puts a byte stream's chunks together into lines. QMP ends each message with a line feed (QEMU sends CR LF), and a chunk may
 * hold half a message, several, or half a character.
 */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8');
  readonly #maxLineLength: number;
  #rest = '';

  /** @param maxLineLength in UTF-16 units; a peer that sends more without a line feed is cut off */
  constructor(maxLineLength: number) {
    this.#maxLineLength = maxLineLength;
  }

  /**
   * @param chunk is not kept
   * @returns the lines that this chunk completes, without their ends; empty lines are left out
   * @throws RangeError when an unfinished line is longer than the limit
   */
  push(chunk: Uint8Array): string[] {
    const lines = (this.#rest + this.#decoder.write(chunk as Buffer)).split('\n');
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > this.#maxLineLength) {
      throw new RangeError(`QMP message longer than ${this.#maxLineLength} characters`);
    }
    return lines.map((line) => line.trim()).filter((line) => line !== '');
  }
}
