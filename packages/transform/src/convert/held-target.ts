import { MappedRamError } from '@mapped-ram/format';
import type { SnapshotTarget, TargetPiece } from '@mapped-ram/writer';

const CHUNK_BYTES = 64 * 1024;

const ZEROS = Buffer.alloc(CHUNK_BYTES);

/** Everything of a snapshot but its pages: the device states of real guests are some MiB, and the bitmaps 32 MiB for 1 TiB. */
const MAX_HELD_BYTES = 256 * 1024 * 1024;

/** A target that keeps in memory what is written to it, in chunks, and nothing for what is not. For a snapshot without its pages. */
export class HeldTarget implements SnapshotTarget {
  readonly name: string;
  readonly #chunks = new Map<number, Uint8Array>();

  constructor(name: string) {
    this.name = name;
  }

  async write(pieces: readonly TargetPiece[]): Promise<void> {
    for (const { byteOffset, bytes } of pieces) {
      for (let done = 0; done < bytes.length; ) {
        const at = byteOffset + done;
        const within = at % CHUNK_BYTES;
        const piece = bytes.subarray(done, done + CHUNK_BYTES - within);
        const index = (at - within) / CHUNK_BYTES;
        // The bitmap of a large block may well be empty.
        if (this.#chunks.has(index) || !ZEROS.subarray(0, piece.length).equals(piece)) {
          this.#chunkFor(index).set(piece, within);
        }
        done += piece.length;
      }
    }
  }

  async discard(): Promise<void> {}
  async commit(): Promise<void> {}
  async abort(): Promise<void> {
    this.#chunks.clear();
  }

  /** Fills all of the target: zeros where nothing was written. */
  read(target: Uint8Array, byteOffset: number): void {
    for (let done = 0; done < target.length; ) {
      const at = byteOffset + done;
      const within = at % CHUNK_BYTES;
      const place = target.subarray(done, done + CHUNK_BYTES - within);
      const chunk = this.#chunks.get((at - within) / CHUNK_BYTES);
      if (chunk === undefined) place.fill(0);
      else place.set(chunk.subarray(within, within + place.length));
      done += place.length;
    }
  }

  #chunkFor(index: number): Uint8Array {
    let chunk = this.#chunks.get(index);
    if (chunk === undefined) {
      if ((this.#chunks.size + 1) * CHUNK_BYTES > MAX_HELD_BYTES) {
        throw new MappedRamError('limit-exceeded', {
          what: 'the stream holds more beside its pages than can be kept in memory; mr convert makes a file of it',
          expected: `at most ${MAX_HELD_BYTES} bytes`,
        });
      }
      chunk = new Uint8Array(CHUNK_BYTES);
      this.#chunks.set(index, chunk);
    }
    return chunk;
  }
}
