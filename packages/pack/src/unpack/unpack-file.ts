import { checkOptions } from '@mapped-ram/format';
import { openCodec } from '@mapped-ram/pack/codec';
import type { ByteSource } from '@mapped-ram/reader';
import { openFileSource } from '@mapped-ram/reader/file';
import { makeFile } from '@mapped-ram/writer/file';
import { expectNoDelta } from '../delta/delta-mark.js';
import { type JobFileOptions, jobFile, type OpenJobFile, openJobFile } from '../file/job-file.js';
import { frameSource, holdAgainstLead } from '../lead/frame-source.js';
import type { Lead } from '../lead/lead.js';
import { jobChecks } from '../option-checks.js';
import type { PackPair, PackProgress } from '../pack/pack-file.js';
import type { ByteSink } from '../pack/packed-writer.js';
import { openPacked, type PackedSource } from '../packed-source.js';
import { startCrew } from '../threads/crew.js';
import { inOrder } from '../threads/in-order.js';
import { checkPlace } from '../zstd/check-frame.js';
import type { FramePlace, SeekTable } from '../zstd/seek-table.js';
import { UNPACKED_PIECE_BYTES, type UnpackTask } from './piece-unpacker.js';

/** How to unpack. */
export interface UnpackOptions extends JobFileOptions {
  /** Threads that unpack; this one, which is the only one if not given, is the first of them. */
  readonly channels?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: PackProgress) => void) | undefined;
}

/** What was unpacked. */
export interface UnpackReport {
  /** Length of the file, holes included. */
  readonly sizeBytes: number;
  readonly packedBytes: number;
  /** Which library unpacked. */
  readonly codec: string;
}

/** A piece for a pipe. */
const PIPE_BYTES = 1024 * 1024;

/**
 * Gives the file back that was packed, with holes where it is zero. Every frame is held against its checksum. The output is there
 * when this returns, and whole; whatever goes wrong before, there is none, or the one that was there.
 *
 * @throws MappedRamError `bad-packed-file`, `unsupported` where it is a difference, `limit-exceeded`, `read-failed`, `write-failed`, `target-exists`; the signal's reason.
 */
export async function unpackFile(
  { input, output, overwrite, sync }: PackPair,
  options: UnpackOptions = {},
): Promise<UnpackReport> {
  checkOptions<UnpackOptions>(options, jobChecks);
  return withPacked(input, (packed, codec) =>
    makeFile(output, { overwrite, sync }, async (target) => {
      await target.resize(packed.sizeBytes);
      await unpackInto(packed, { input, output, partPath: target.partPath }, options);
      await checkLead(packed, await target.written());
      return { sizeBytes: packed.sizeBytes, packedBytes: packed.packedBytes, codec };
    }),
  );
}

/**
 * Gives the file back that was packed to where nothing but one byte after another can be written.
 *
 * @throws As {@link unpackFile}, and what the sink throws.
 */
export async function unpackTo(
  input: string,
  sink: ByteSink,
  options: UnpackOptions = {},
): Promise<UnpackReport> {
  checkOptions<UnpackOptions>(options, jobChecks);
  const { signal, onProgress } = options;
  return withPacked(input, async (packed, codec) => {
    const { sizeBytes, packedBytes } = packed;
    const frames = frameSource(packed);
    for (let at = 0; at < sizeBytes; at += PIPE_BYTES) {
      signal?.throwIfAborted();
      const bytes = new Uint8Array(Math.min(PIPE_BYTES, sizeBytes - at));
      await frames.read(bytes, at);
      await sink(bytes);
      onProgress?.({ doneBytes: at + bytes.length, totalBytes: sizeBytes });
    }
    return { sizeBytes, packedBytes, codec };
  });
}

async function withPacked<T>(
  input: string,
  use: (packed: PackedSource, codec: string) => Promise<T>,
): Promise<T> {
  const source = await openFileSource(input);
  try {
    await expectNoDelta(source);
    const codec = await openCodec();
    return await use(await openPacked(source, codec), codec.name);
  } finally {
    await source.close();
  }
}

interface Places {
  readonly input: string;
  readonly output: string;
  readonly partPath: string;
}

async function unpackInto(
  { table, sizeBytes }: PackedSource,
  { input, output, partPath }: Places,
  { channels, signal, onProgress, ...fileOptions }: UnpackOptions,
): Promise<void> {
  const from = await openJobFile(input, 'r', fileOptions);
  let to: OpenJobFile | undefined;
  try {
    to = await openJobFile(partPath, 'r+', fileOptions, output);
    const job = { kind: 'unpack', source: jobFile(from), target: jobFile(to) } as const;
    const crew = await startCrew<UnpackTask, number>(job, channels);
    try {
      let doneBytes = 0;
      for await (const bytes of inOrder(tasksOf(table), crew.depth, (task) => crew.run(task))) {
        signal?.throwIfAborted();
        doneBytes += bytes;
        onProgress?.({ doneBytes, totalBytes: sizeBytes });
      }
    } finally {
      await crew.close();
    }
  } finally {
    await Promise.all([from.close(), to?.close()]);
  }
}

/** The frames with contents, as many together as a thread takes at a time. */
function* tasksOf(table: SeekTable): Generator<UnpackTask, void> {
  let frames: FramePlace[] = [];
  let lengthBytes = 0;
  let packedBytes = 0;
  for (const frame of table.frames()) {
    if (frame.lengthBytes > 0) checkPlace(frame);
    const isFull =
      lengthBytes + frame.lengthBytes > UNPACKED_PIECE_BYTES ||
      packedBytes + frame.packedBytes > UNPACKED_PIECE_BYTES;
    if (frames.length > 0 && (isFull || frame.lengthBytes === 0)) {
      yield { frames };
      [frames, lengthBytes, packedBytes] = [[], 0, 0];
    }
    if (frame.lengthBytes === 0) continue;
    frames.push(frame);
    lengthBytes += frame.lengthBytes;
    packedBytes += frame.packedBytes;
  }
  if (frames.length > 0) yield { frames };
}

/** What the file begins with has to be what is in it. @throws MappedRamError `bad-packed-file` */
async function checkLead({ lead }: PackedSource, unpacked: ByteSource): Promise<void> {
  for (const { byteOffset, bytes } of lead?.extents ?? []) {
    for (let at = 0; at < bytes.length; at += PIPE_BYTES) {
      const actual = new Uint8Array(Math.min(PIPE_BYTES, bytes.length - at));
      await unpacked.read(actual, byteOffset + at);
      holdAgainstLead(lead as Lead, actual, byteOffset + at);
    }
  }
}
