import { createPageScanner, forEachRun } from '@mapped-ram/format';
import {
  DIRECT_ALIGNMENT_BYTES,
  type JobFile,
  memoryFor,
  readJobFile,
  writeJobFile,
} from '../file/job-file.js';
import { type Decoder, decodeFrame } from '../packed-source.js';
import type { Hand } from '../threads/hand.js';
import type { FramePlace } from '../zstd/seek-table.js';

/** What a thread unpacks at a time, unless one frame is more. */
export const UNPACKED_PIECE_BYTES = 8 * 1024 * 1024;

/** Zeros are left out in units of this: file systems make no smaller holes. */
const UNIT_BYTES = 4096;

/** What all pieces of a file have in common. */
export interface UnpackJob {
  readonly kind: 'unpack';
  /** The packed file. */
  readonly source: JobFile;
  /** The new file. */
  readonly target: JobFile;
}

/** Frames that lie together, in the packed file as in the new one. */
export interface UnpackTask {
  readonly frames: readonly FramePlace[];
}

/** Unpacks stretches of a file. What is zero is not written: the file is a hole before. */
export class PieceUnpacker implements Hand<UnpackTask, number> {
  readonly #job: UnpackJob;
  readonly #decoder: Decoder;
  readonly #scanner = createPageScanner({ pageSize: UNIT_BYTES, bufferLengthBytes: UNPACKED_PIECE_BYTES });
  #packed: Uint8Array = new Uint8Array();

  constructor(job: UnpackJob, decoder: Decoder) {
    this.#job = job;
    this.#decoder = decoder;
  }

  /** @returns how many bytes came out. @throws MappedRamError `read-failed`, `write-failed`, `bad-packed-file` */
  run({ frames }: UnpackTask): number {
    const [first] = frames;
    const last = frames.at(-1);
    if (first === undefined || last === undefined) return 0;
    // Direct I/O begins at a multiple of what it is aligned to.
    const start = first.packedOffset - (first.packedOffset % DIRECT_ALIGNMENT_BYTES);
    const packed = this.#roomFor(last.packedOffset + last.packedBytes - start);
    readJobFile(this.#job.source, packed, start);
    let done = 0;
    for (const frame of frames) {
      const at = frame.packedOffset - start;
      this.#unpack(packed.subarray(at, at + frame.packedBytes), frame);
      done += frame.lengthBytes;
    }
    return done;
  }

  #unpack(packed: Uint8Array, frame: FramePlace): void {
    const { buffer } = this.#scanner;
    // So that units of the file are units of the buffer.
    const start = frame.byteOffset % UNIT_BYTES;
    const room = buffer.length - start;
    const fits = frame.lengthBytes <= room;
    const contents = decodeFrame(packed, frame, this.#decoder, () =>
      fits ? buffer.subarray(start, start + frame.lengthBytes) : new Uint8Array(frame.lengthBytes),
    );
    if (contents === undefined) return;
    if (fits) this.#write(frame, start);
    else writeJobFile(this.#job.target, contents, frame.byteOffset);
  }

  #write({ byteOffset, lengthBytes }: FramePlace, start: number): void {
    const { buffer, nonZeroBits } = this.#scanner;
    const end = start + lengthBytes;
    const units = Math.ceil(end / UNIT_BYTES);
    buffer.fill(0, 0, start);
    buffer.fill(0, end, units * UNIT_BYTES);
    this.#scanner.scan(0, units);
    const { target } = this.#job;
    forEachRun(nonZeroBits, 'le', 0, units, (firstUnit, count) => {
      const from = Math.max(start, firstUnit * UNIT_BYTES);
      const to = Math.min(end, (firstUnit + count) * UNIT_BYTES);
      writeJobFile(target, buffer.subarray(from, to), byteOffset + from - start);
    });
  }

  #roomFor(lengthBytes: number): Uint8Array {
    if (lengthBytes > this.#packed.length) this.#packed = memoryFor(this.#job.source, lengthBytes);
    return this.#packed.subarray(0, lengthBytes);
  }
}
