import { createPageScanner } from '@mapped-ram/format';
import type { Codec } from '../codec/codec.js';
import { frameBound } from '../codec/codec.js';
import { type JobFile, readJobFile } from '../file/job-file.js';
import type { Hand, Kept } from '../threads/hand.js';
import { CHECKSUM_BYTES } from '../zstd/frame-header.js';
import { viewOf } from '../zstd/skippable-frame.js';

/** What a thread packs at a time: a multiple of every length that a frame can have. */
export const PIECE_BYTES = 8 * 1024 * 1024;

/** What is read at once: little enough to be in the processor's cache when it is packed. */
const STEP_BYTES = 1024 * 1024;

/** What all pieces of a file have in common. */
export interface PackJob {
  readonly kind: 'pack';
  /** The file that is packed. */
  readonly source: JobFile;
  /** Contents of a frame: a power of two up to {@link PIECE_BYTES}. */
  readonly frameBytes: number;
  readonly level: number;
}

/** A stretch of the file that begins where a frame does. */
export interface PackTask {
  readonly byteOffset: number;
  /** {@link PIECE_BYTES} but for the last one. */
  readonly lengthBytes: number;
}

/** The frames of a stretch. */
export interface PackedPiece {
  readonly lengthBytes: number;
  /** Length of each frame; 0 for one that is nothing but zeros. */
  readonly packedBytes: Uint32Array<ArrayBuffer>;
  /** All frames that are not, one after another. */
  readonly bytes: Uint8Array;
}

/** Packs stretches of a file. */
export class PiecePacker implements Hand<PackTask, PackedPiece> {
  readonly #job: PackJob;
  readonly #codec: Codec;
  readonly #scanner;
  readonly #room: Uint8Array;

  constructor(job: PackJob, codec: Codec) {
    this.#job = job;
    this.#codec = codec;
    const bufferLengthBytes = Math.max(STEP_BYTES, job.frameBytes);
    this.#scanner = createPageScanner({ pageSize: job.frameBytes, bufferLengthBytes });
    this.#room = new Uint8Array((PIECE_BYTES / job.frameBytes) * frameBound(job.frameBytes));
  }

  /** @throws MappedRamError `read-failed`, `short-read` */
  run({ byteOffset, lengthBytes }: PackTask): PackedPiece {
    const packedBytes = new Uint32Array(Math.ceil(lengthBytes / this.#job.frameBytes));
    const stepBytes = this.#scanner.buffer.length;
    let end = 0;
    for (let at = 0; at < lengthBytes; at += stepBytes) {
      const step = { byteOffset: byteOffset + at, lengthBytes: Math.min(stepBytes, lengthBytes - at) };
      end = this.#pack(step, packedBytes.subarray(at / this.#job.frameBytes), end);
    }
    return { lengthBytes, packedBytes, bytes: this.#room.subarray(0, end) };
  }

  keep(piece: PackedPiece): Kept<PackedPiece> {
    const bytes = piece.bytes.slice();
    return { result: { ...piece, bytes }, transfer: [bytes.buffer, piece.packedBytes.buffer] };
  }

  /** Packs as much as is read at once. @returns where in the room the frames end */
  #pack({ byteOffset, lengthBytes }: PackTask, packedBytes: Uint32Array, start: number): number {
    const { source, frameBytes, level } = this.#job;
    const { buffer, nonZeroBits } = this.#scanner;
    readJobFile(source, buffer.subarray(0, lengthBytes), byteOffset);
    const frameCount = Math.ceil(lengthBytes / frameBytes);
    buffer.fill(0, lengthBytes, frameCount * frameBytes);
    this.#scanner.scan(0, frameCount);
    let end = start;
    for (let index = 0; index < frameCount; index++) {
      if ((((nonZeroBits[index >> 3] as number) >> (index & 7)) & 1) === 0) continue;
      const contents = buffer.subarray(index * frameBytes, Math.min((index + 1) * frameBytes, lengthBytes));
      const length = this.#codec.compress(contents, level, this.#room.subarray(end));
      packedBytes[index] = length;
      end += length;
    }
    return end;
  }
}

/** The checksum that a frame ends with. */
export function checksumOf(frame: Uint8Array): number {
  return viewOf(frame).getUint32(frame.length - CHECKSUM_BYTES, true);
}
