import { fstatSync } from 'node:fs';
import { checkOptions, integerOption, MappedRamError } from '@mapped-ram/format';
import { openCodec } from '@mapped-ram/pack/codec';
import { dataExtents, isPosixAvailable } from '@mapped-ram/posix';
import type { ByteSource } from '@mapped-ram/reader';
import { openFileSource } from '@mapped-ram/reader/file';
import { makeFile } from '@mapped-ram/writer/file';
import { MIN_LEVEL } from '../codec/codec.js';
import { Appender } from '../file/appender.js';
import { type JobFile, type JobFileOptions, jobFile, openJobFile } from '../file/job-file.js';
import { gatherLead } from '../lead/gather-lead.js';
import { encodeLead } from '../lead/lead.js';
import { jobChecks, levelOption } from '../option-checks.js';
import { openPacked } from '../packed-source.js';
import { isPacked } from '../recognise-packed.js';
import { startCrew } from '../threads/crew.js';
import { inOrder } from '../threads/in-order.js';
import { MAX_FRAME_BYTES } from '../zstd/check-frame.js';
import { ContentChecksum } from '../zstd/content-checksum.js';
import { type ByteSink, PackedWriter } from './packed-writer.js';
import { type PackedPiece, type PackTask, PIECE_BYTES } from './piece-packer.js';

/** Contents of a frame where nothing else is asked for: small enough for a page, large enough for the ratio. */
export const DEFAULT_FRAME_BYTES = 256 * 1024;
export const MIN_FRAME_BYTES = 64 * 1024;

/** How far a work is. */
export interface PackProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** How to pack. */
export interface PackOptions extends JobFileOptions {
  /** Of zstd, 1 to 19; 1 if not given. */
  readonly level?: number | undefined;
  /** Contents of a frame, in bytes: a power of two from 64 KiB to 8 MiB, 256 KiB if not given. A page costs as much as its frame. */
  readonly frameBytes?: number | undefined;
  /** Threads that pack; this one, which is the only one if not given, is the first of them. Which packs what shows in no byte. */
  readonly channels?: number | undefined;
  /** Offset of the stream in the file, in bytes; by default the start, or where a libvirt header says. */
  readonly streamOffset?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: PackProgress) => void) | undefined;
}

/** What was packed. */
export interface PackReport {
  /** Length of the file, holes included. */
  readonly sizeBytes: number;
  /** Length of the packed file. */
  readonly packedBytes: number;
  /** Which library packed. */
  readonly codec: string;
}

/** A file to pack into another. */
export interface PackPair {
  readonly input: string;
  readonly output: string;
  /** Replace the output if it is there. */
  readonly overwrite?: boolean | undefined;
  /** Have the output on disk when it takes its name. On if not given. */
  readonly sync?: boolean | undefined;
}

/**
 * Packs a file: `zstd -d` gives the very file back, and every part of it can be read alone. The output is there when this returns,
 * and whole; whatever goes wrong before, there is none, or the one that was there.
 *
 * @throws MappedRamError `read-failed`, `short-read`, `write-failed`, `target-exists`; `unsupported` where the file is packed
 * already; the signal's reason.
 * @throws RangeError where a level or length is none.
 */
export async function packFile(
  { input, output, overwrite, sync }: PackPair,
  options: PackOptions = {},
): Promise<PackReport> {
  checkAll(options);
  return makeFile(output, { overwrite, sync }, async (target) => {
    const appender = await Appender.open(target, options);
    try {
      const report = await packTo(input, (bytes) => appender.append(bytes), options);
      appender.finish();
      await judge(await target.written(), report);
      return report;
    } finally {
      await appender.close();
    }
  });
}

/**
 * Packs a file to where nothing but one byte after another can be written.
 *
 * @throws As {@link packFile}, and what the sink throws.
 */
export async function packTo(input: string, sink: ByteSink, options: PackOptions = {}): Promise<PackReport> {
  checkAll(options);
  const { frameBytes = DEFAULT_FRAME_BYTES, level = MIN_LEVEL, channels, signal, onProgress } = options;
  const source = await openFileSource(input);
  try {
    const file = await openJobFile(input, 'r', options);
    try {
      await checkNotPacked(source);
      const { sizeBytes } = source;
      const before = stamp(file);
      const [codec, checksum] = await Promise.all([openCodec(), ContentChecksum.load()]);
      const writer = new PackedWriter(sink, frameBytes, checksum);
      const extents = await gatherLead(source, options);
      await writer.skippable(encodeLead({ sizeBytes, frameBytes, extents }, codec, checksum, level));
      const job = { kind: 'pack', source: jobFile(file), frameBytes, level } as const;
      const crew = await startCrew<PackTask, PackedPiece>(job, channels);
      try {
        const tasks = piecesOf(file.descriptor, sizeBytes);
        const pieces = inOrder(tasks, crew.depth, async ({ hasData, ...task }) =>
          hasData ? crew.run(task) : task.lengthBytes,
        );
        let doneBytes = 0;
        for await (const piece of pieces) {
          signal?.throwIfAborted();
          if (typeof piece === 'number') await writer.zeros(piece);
          else await writer.piece(piece);
          doneBytes += typeof piece === 'number' ? piece : piece.lengthBytes;
          onProgress?.({ doneBytes, totalBytes: sizeBytes });
        }
      } finally {
        await crew.close();
      }
      if (stamp(file) !== before) {
        throw new MappedRamError('read-failed', { what: `${input} was changed while it was packed` });
      }
      return { sizeBytes, packedBytes: await writer.finish(), codec: codec.name };
    } finally {
      await file.close();
    }
  } finally {
    await source.close();
  }
}

interface Piece extends PackTask {
  /** False where the file has a hole, which is not read. */
  readonly hasData: boolean;
}

/** The file in pieces, in its order. */
function* piecesOf(descriptor: number, sizeBytes: number): Generator<Piece, void> {
  const extents = isPosixAvailable() ? dataExtents(descriptor, 0, sizeBytes) : undefined;
  let extent = extents?.next().value ?? undefined;
  for (let byteOffset = 0; byteOffset < sizeBytes; byteOffset += PIECE_BYTES) {
    const lengthBytes = Math.min(PIECE_BYTES, sizeBytes - byteOffset);
    while (extent !== undefined && extent.byteOffset + extent.lengthBytes <= byteOffset) {
      extent = extents?.next().value ?? undefined;
    }
    const hasData =
      extents === undefined || (extent !== undefined && extent.byteOffset < byteOffset + lengthBytes);
    yield { byteOffset, lengthBytes, hasData };
  }
}

/** The packed file is looked at before it takes its name. */
async function judge(written: ByteSource, { sizeBytes }: PackReport): Promise<void> {
  const packed = await openPacked(written, await openCodec());
  if (packed.sizeBytes === sizeBytes) return;
  throw new MappedRamError('write-failed', {
    what: 'the packed file does not hold what was packed',
    expected: sizeBytes,
    actual: packed.sizeBytes,
  });
}

async function checkNotPacked(source: ByteSource): Promise<void> {
  const head = new Uint8Array(64);
  const filled = await source.read(head, 0);
  if (!isPacked(head.subarray(0, filled))) return;
  throw new MappedRamError('unsupported', {
    what: 'the file is packed already; mr unpack gives what is in it',
  });
}

/** Changes when the file does. */
function stamp({ descriptor }: JobFile): string {
  const { size, mtimeNs } = fstatSync(descriptor, { bigint: true });
  return `${size} ${mtimeNs}`;
}

function checkAll(options: PackOptions): void {
  checkOptions<PackOptions>(options, {
    ...jobChecks,
    level: levelOption,
    frameBytes: integerOption(1),
    streamOffset: integerOption(),
  });
  const { frameBytes = DEFAULT_FRAME_BYTES } = options;
  const isPower = Number.isInteger(Math.log2(frameBytes));
  if (!(isPower && frameBytes >= MIN_FRAME_BYTES && frameBytes <= MAX_FRAME_BYTES)) {
    throw new RangeError(
      `a frame can hold a power of two from ${MIN_FRAME_BYTES} to ${MAX_FRAME_BYTES} bytes, not ${frameBytes}`,
    );
  }
}
