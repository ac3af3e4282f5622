import { checkOptions, integerOption, MappedRamError } from '@mapped-ram/format';
import { type ByteSource, guardSource } from '@mapped-ram/reader';
import type { Codec } from './codec/codec.js';
import { undecodable } from './codec/undecodable.js';
import { decodeLead, extentsFrom, type Lead, leadLength, MAX_LEAD_LENGTH_BYTES } from './lead/lead.js';
import { endsIn, readPart } from './read-part.js';
import { checkFrame, checkPlace } from './zstd/check-frame.js';
import { ContentChecksum } from './zstd/content-checksum.js';
import { CHECKSUM_BYTES } from './zstd/frame-header.js';
import {
  type FramePlace,
  readTableFooter,
  SeekTable,
  TABLE_FOOTER_BYTES,
  type TableFooter,
} from './zstd/seek-table.js';
import { viewOf } from './zstd/skippable-frame.js';

/** What is read at once at either end of a packed file; the lead and the table of most fit. */
const END_BYTES = 128 * 1024;

/** Packed bytes that are read at once. */
const RUN_BYTES = 1024 * 1024;

/** Contents of frames that are kept, so that none is decoded twice. */
const DEFAULT_CACHE_BYTES = 32 * 1024 * 1024;

/** How to read a packed file. */
export interface PackedOptions {
  /** Contents of decoded frames that are kept, in bytes; 32 MiB if not given. */
  readonly cacheBytes?: number | undefined;
}

/** The file that was packed, readable at any offset. Its name is the packed file's. */
export interface PackedSource extends ByteSource {
  /** What the file begins with; undefined where something else packed it. */
  readonly lead: Lead | undefined;
  readonly table: SeekTable;
  /** Length of the packed file. */
  readonly packedBytes: number;
  /** Reads bytes of the packed file itself. */
  readPacked(target: Uint8Array, byteOffset: number): Promise<number>;
  /** Reads as `read` does, and decodes all of it, also what the lead holds. */
  readFrames(target: Uint8Array, byteOffset: number): Promise<number>;
}

/**
 * Opens a packed file. Two reads tell what a reader needs first; pages are decoded a frame at a time, and no frame twice as
 * long as it is kept.
 *
 * @param packed The packed file. It is used until the packed source is closed, which closes it.
 * @throws MappedRamError `bad-packed-file`, `limit-exceeded`, `read-failed`, `short-read`; the source is then still open.
 */
export async function openPacked(
  packed: ByteSource,
  codec: Codec,
  options: PackedOptions = {},
): Promise<PackedSource> {
  checkOptions<PackedOptions>(options, { cacheBytes: integerOption() });
  const source = guardSource(packed);
  const { cacheBytes = DEFAULT_CACHE_BYTES } = options;
  const checksum = await ContentChecksum.load();
  const lead = await readLead(source, codec, checksum);
  const table = await readTable(source);
  if (lead !== undefined && lead.sizeBytes !== table.sizeBytes) {
    throw new MappedRamError('bad-packed-file', {
      what: 'the lead and the seek table tell of files of different sizes',
      path: 'lead',
      expected: table.sizeBytes,
      actual: lead.sizeBytes,
    });
  }
  const frames = new FrameCache(source, table, { codec, checksum }, cacheBytes);
  const lengthAt = (target: Uint8Array, byteOffset: number) =>
    Math.max(0, Math.min(target.length, table.sizeBytes - byteOffset));
  return {
    name: source.name,
    sizeBytes: table.sizeBytes,
    lead,
    table,
    packedBytes: source.sizeBytes,
    async read(target, byteOffset) {
      const lengthBytes = lengthAt(target, byteOffset);
      const wanted = target.subarray(0, lengthBytes);
      const done = lead === undefined ? 0 : readHeld(lead, wanted, byteOffset);
      if (done < lengthBytes) await frames.read(wanted.subarray(done), byteOffset + done);
      return lengthBytes;
    },
    readPacked: (target, byteOffset) => source.read(target, byteOffset),
    async readFrames(target, byteOffset) {
      const lengthBytes = lengthAt(target, byteOffset);
      await frames.read(target.subarray(0, lengthBytes), byteOffset);
      return lengthBytes;
    },
    close: () => source.close(),
  };
}

/** Serves the beginning of a read from what a lead holds. @returns how many bytes */
function readHeld(lead: Lead, target: Uint8Array, byteOffset: number): number {
  const [extent] = extentsFrom(lead, byteOffset);
  if (extent === undefined || extent.byteOffset > byteOffset) return 0;
  const from = byteOffset - extent.byteOffset;
  const piece = extent.bytes.subarray(from, from + target.length);
  target.set(piece);
  return piece.length;
}

async function readLead(
  source: ByteSource,
  codec: Codec,
  checksum: ContentChecksum,
): Promise<Lead | undefined> {
  const head = await readPart(source, 0, Math.min(END_BYTES, source.sizeBytes));
  const lengthBytes = leadLength(head);
  if (lengthBytes === undefined) return undefined;
  if (lengthBytes > MAX_LEAD_LENGTH_BYTES) {
    throw new MappedRamError('limit-exceeded', {
      what: 'the lead is too long',
      byteOffset: 0,
      expected: `at most ${MAX_LEAD_LENGTH_BYTES} bytes`,
      actual: lengthBytes,
    });
  }
  if (lengthBytes > source.sizeBytes) throw endsIn('its lead', source);
  const frame =
    lengthBytes <= head.length ? head.subarray(0, lengthBytes) : await readPart(source, 0, lengthBytes);
  return decodeLead(frame, codec, checksum);
}

async function readTable(source: ByteSource): Promise<SeekTable> {
  const { sizeBytes } = source;
  const tailOffset = Math.max(0, sizeBytes - END_BYTES);
  const tail = await readPart(source, tailOffset, sizeBytes - tailOffset);
  const footer = readTableFooter(tail, sizeBytes);
  if (footer === undefined) {
    throw new MappedRamError('bad-packed-file', {
      what: 'there is no seek table at its end: it was cut off, or mr pack did not make it (zstd -d unpacks such a file)',
      byteOffset: Math.max(0, sizeBytes - TABLE_FOOTER_BYTES),
    });
  }
  return new SeekTable(await tableBytes(source, tail, footer), footer, sizeBytes);
}

async function tableBytes(
  source: ByteSource,
  tail: Uint8Array,
  { tableBytes }: TableFooter,
): Promise<Uint8Array> {
  if (tableBytes <= tail.length) return tail.slice(tail.length - tableBytes);
  return readPart(source, source.sizeBytes - tableBytes, tableBytes);
}

/** A frame's contents; undefined for zeros, which take no memory. */
type Contents = Uint8Array | undefined;

/** A frame that is there or will be. */
interface HeldFrame {
  readonly contents: Promise<Contents>;
  /** Memory of the contents, when they are there. */
  heldBytes: number;
}

/** Decodes frames and keeps the last ones. */
class FrameCache {
  readonly #source: ByteSource;
  readonly #table: SeekTable;
  readonly #decoder: Decoder;
  readonly #cacheBytes: number;
  /** In the order in which they were last used. */
  readonly #frames = new Map<number, HeldFrame>();
  #heldBytes = 0;

  constructor(source: ByteSource, table: SeekTable, decoder: Decoder, cacheBytes: number) {
    this.#source = source;
    this.#table = table;
    this.#decoder = decoder;
    this.#cacheBytes = cacheBytes;
  }

  /** Fills all of `target`, which lies within the file. */
  async read(target: Uint8Array, byteOffset: number): Promise<void> {
    const end = byteOffset + target.length;
    const frames: FramePlace[] = [];
    for (const frame of this.#table.framesAt(byteOffset)) {
      if (frame.byteOffset >= end) break;
      if (frame.lengthBytes > 0) frames.push(frame);
    }
    this.#load(frames);
    // Those that are held now stay as long as they are needed here.
    const held = frames.map((frame) => this.#use(frame));
    for (const [index, frame] of frames.entries()) {
      const contents = await held[index];
      const from = Math.max(byteOffset, frame.byteOffset);
      const to = Math.min(end, frame.byteOffset + frame.lengthBytes);
      const place = target.subarray(from - byteOffset, to - byteOffset);
      if (contents === undefined) place.fill(0);
      else place.set(contents.subarray(from - frame.byteOffset, to - frame.byteOffset));
    }
  }

  /** Reads and decodes what is not held, with one read for frames that lie together. */
  #load(frames: readonly FramePlace[]): void {
    let run: FramePlace[] = [];
    let runBytes = 0;
    const end = () => {
      if (run.length > 0) this.#loadRun(run);
      run = [];
      runBytes = 0;
    };
    for (const frame of frames) {
      checkPlace(frame);
      const last = run.at(-1);
      const isNext = last === undefined || last.packedOffset + last.packedBytes === frame.packedOffset;
      if (this.#frames.has(frame.index) || !isNext || runBytes + frame.packedBytes > RUN_BYTES) end();
      if (this.#frames.has(frame.index)) continue;
      run.push(frame);
      runBytes += frame.packedBytes;
    }
    end();
  }

  #loadRun(run: readonly FramePlace[]): void {
    const from = (run[0] as FramePlace).packedOffset;
    const last = run.at(-1) as FramePlace;
    const packed = readPart(this.#source, from, last.packedOffset + last.packedBytes - from);
    for (const place of run) {
      const at = place.packedOffset - from;
      const contents = packed.then((bytes) =>
        decodeFrame(
          bytes.subarray(at, at + place.packedBytes),
          place,
          this.#decoder,
          () => new Uint8Array(place.lengthBytes),
        ),
      );
      const frame: HeldFrame = { contents, heldBytes: 0 };
      this.#frames.set(place.index, frame);
      contents.then(
        (bytes) => this.#keep(frame, bytes?.length ?? 0),
        () => this.#frames.delete(place.index),
      );
    }
  }

  #use({ index }: FramePlace): Promise<Contents> {
    const frame = this.#frames.get(index);
    if (frame === undefined) throw new RangeError(`frame ${index} was not loaded`);
    this.#frames.delete(index);
    this.#frames.set(index, frame);
    return frame.contents;
  }

  /** Forgets those that were used longest ago, where there are too many. */
  #keep(frame: HeldFrame, heldBytes: number): void {
    frame.heldBytes = heldBytes;
    this.#heldBytes += heldBytes;
    for (const [index, oldest] of this.#frames) {
      if (this.#heldBytes <= this.#cacheBytes || oldest === frame) return;
      this.#frames.delete(index);
      this.#heldBytes -= oldest.heldBytes;
      oldest.heldBytes = 0;
    }
  }
}

/** What decodes frames. */
export interface Decoder {
  readonly codec: Codec;
  readonly checksum: ContentChecksum;
}

/**
 * Decodes a frame.
 *
 * @param makeRoom Gives room for its contents, exactly; called where there is something to decode.
 * @returns The contents, in that room; undefined where they are nothing but zeros.
 * @throws MappedRamError `bad-packed-file`, `limit-exceeded`.
 */
export function decodeFrame(
  frame: Uint8Array,
  place: FramePlace,
  { codec, checksum }: Decoder,
  makeRoom: () => Uint8Array,
): Contents {
  const { packedBytes, lengthBytes } = place;
  try {
    const kind = checkFrame(frame, lengthBytes);
    if (viewOf(frame).getUint32(packedBytes - CHECKSUM_BYTES, true) !== place.checksum) {
      throw new MappedRamError('bad-packed-file', {
        what: 'a frame is not the one that the seek table means',
      });
    }
    if (kind === 'zeros') {
      if (checksum.ofZeros(lengthBytes) !== place.checksum) throw undecodable('zeros have another checksum');
      return undefined;
    }
    const contents = makeRoom();
    codec.decompress(frame, contents);
    return contents;
  } catch (cause) {
    throw inFrame(place, cause);
  }
}

/** What is wrong with a frame, with its place. */
function inFrame({ index, packedOffset }: FramePlace, error: unknown): unknown {
  if (!(error instanceof MappedRamError)) return error;
  const { code, message, cause } = error;
  return new MappedRamError(code, {
    what: message,
    path: `frames[${index}] of the packed file`,
    byteOffset: packedOffset,
    cause,
  });
}
