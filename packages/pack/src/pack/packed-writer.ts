import type { ContentChecksum } from '../zstd/content-checksum.js';
import { CHECKSUM_OF_NOTHING, SeekTableBuilder } from '../zstd/seek-table.js';
import { zeroFrame } from '../zstd/zero-frame.js';
import { checksumOf, type PackedPiece } from './piece-packer.js';

/** Takes in bytes one after another; they may be changed when it is done. */
export type ByteSink = (bytes: Uint8Array) => Promise<void>;

/** A frame of zeros ends where a multiple of this does. */
const ZERO_FRAME_BYTES = 64 * 1024 * 1024;

/** Puts a packed file together: assigns every frame its place. */
export class PackedWriter {
  readonly #sink: ByteSink;
  readonly #frameBytes: number;
  readonly #checksum: ContentChecksum;
  readonly #table = new SeekTableBuilder();
  /** Offset in the file that is packed. */
  #position = 0;
  /** Zeros before the position that have no frame yet. */
  #zeros = 0;
  #packedBytes = 0;

  constructor(sink: ByteSink, frameBytes: number, checksum: ContentChecksum) {
    this.#sink = sink;
    this.#frameBytes = frameBytes;
    this.#checksum = checksum;
  }

  /** Length of the packed file so far. */
  get packedBytes(): number {
    return this.#packedBytes;
  }

  /** Writes a skippable frame. */
  async skippable(frame: Uint8Array): Promise<void> {
    await this.#endZeros();
    await this.#write(frame);
    this.#table.add(frame.length, 0, CHECKSUM_OF_NOTHING);
  }

  /** Goes over a stretch of zeros. */
  async zeros(lengthBytes: number): Promise<void> {
    for (let left = lengthBytes; left > 0; ) {
      const untilEnd = ZERO_FRAME_BYTES - (this.#position % ZERO_FRAME_BYTES);
      const step = Math.min(left, untilEnd);
      this.#position += step;
      this.#zeros += step;
      left -= step;
      if (step === untilEnd) await this.#endZeros();
    }
  }

  /** Writes the frames of the stretch that comes next. */
  async piece({ lengthBytes, packedBytes, bytes }: PackedPiece): Promise<void> {
    let written = 0;
    let end = 0;
    const flush = async () => {
      if (end > written) await this.#write(bytes.subarray(written, end));
      written = end;
    };
    for (const [index, frameLength] of packedBytes.entries()) {
      const contentBytes = Math.min(this.#frameBytes, lengthBytes - index * this.#frameBytes);
      if (frameLength === 0) {
        await flush();
        await this.zeros(contentBytes);
        continue;
      }
      await this.#endZeros();
      const frame = bytes.subarray(end, end + frameLength);
      this.#table.add(frameLength, contentBytes, checksumOf(frame));
      this.#position += contentBytes;
      end += frameLength;
    }
    await flush();
  }

  /** Writes the seek table. @returns length of the packed file */
  async finish(): Promise<number> {
    await this.#endZeros();
    await this.#write(this.#table.build());
    return this.#packedBytes;
  }

  async #endZeros(): Promise<void> {
    if (this.#zeros === 0) return;
    const lengthBytes = this.#zeros;
    this.#zeros = 0;
    const frame = zeroFrame(lengthBytes, this.#checksum);
    await this.#write(frame);
    this.#table.add(frame.length, lengthBytes, checksumOf(frame));
  }

  async #write(bytes: Uint8Array): Promise<void> {
    await this.#sink(bytes);
    this.#packedBytes += bytes.length;
  }
}
