import { openCodec } from '@mapped-ram/pack/codec';
import type { ByteSource } from '@mapped-ram/reader';
import { openFileSource } from '@mapped-ram/reader/file';
import { isDelta } from '../delta/delta-mark.js';
import { frameSource } from '../lead/frame-source.js';
import { openPacked, type PackedSource } from '../packed-source.js';
import { isPacked, isPlainZstd } from '../recognise-packed.js';
import type { FramePlace } from '../zstd/seek-table.js';
import { SKIPPABLE_HEADER_BYTES, SKIPPABLE_MAGIC, viewOf } from '../zstd/skippable-frame.js';
import { type OpenSeal, openSeal } from './seal.js';
import { isThere } from './seal-path.js';

/** Kind of the skippable frame that a seal travels in. */
export const SEAL_KIND = 1;

/** A file that can have a seal. */
export interface SealableFile {
  /** What a seal is of: the file; where it is packed, what was packed, out of the frames. */
  readonly source: ByteSource;
  /** Where it is packed. */
  readonly packed?: PackedSource | undefined;
  close(): Promise<void>;
}

/**
 * Opens a file to seal it, or to hold it against its seal.
 *
 * @throws MappedRamError `read-failed`, `bad-packed-file`, `limit-exceeded`.
 */
export async function openSealable(path: string): Promise<SealableFile> {
  const file = await openFileSource(path);
  const close = () => file.close();
  try {
    if (!(await holdsItsSeal(file))) return { source: file, close };
    const packed = await openPacked(file, await openCodec());
    return { source: frameSource(packed), packed, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Whether a file has its seal within: it is packed, and neither a difference, which ends with its own head, nor a file of zstd without a table. */
async function holdsItsSeal(file: ByteSource): Promise<boolean> {
  const head = new Uint8Array(64);
  const filled = await file.read(head, 0);
  return isPacked(head.subarray(0, filled)) && !(await isPlainZstd(file)) && !(await isDelta(file));
}

/** The seal of a file. */
export interface FoundSeal {
  readonly seal: OpenSeal;
  close(): Promise<void>;
}

/**
 * Finds the seal of a file: in a packed file the one within, else the one beside it.
 *
 * @param packed Where the file is packed.
 * @param besidePath Where it lies beside a plain file: the seal, or the packed file that it is in.
 * @returns undefined where there is none.
 * @throws MappedRamError `read-failed`, `bad-seal`, `limit-exceeded`.
 */
export async function findSeal(
  packed: PackedSource | undefined,
  besidePath: string,
): Promise<FoundSeal | undefined> {
  if (packed !== undefined) {
    const seal = await sealWithin(packed);
    return seal && { seal, close: async () => {} };
  }
  if (!isThere(besidePath)) return undefined;
  const beside = await openSealable(besidePath);
  try {
    const seal = await (beside.packed === undefined ? openSeal(beside.source) : sealWithin(beside.packed));
    if (seal !== undefined) return { seal, close: beside.close };
  } catch (error) {
    await beside.close();
    throw error;
  }
  await beside.close();
  return undefined;
}

async function sealWithin(packed: PackedSource): Promise<OpenSeal | undefined> {
  const frame = await sealFrame(packed);
  if (frame === undefined) return undefined;
  const { packedOffset, packedBytes } = frame;
  const end = packedOffset + packedBytes;
  return openSeal(packedFile(packed), packedOffset + SKIPPABLE_HEADER_BYTES, end);
}

/** The frame with the seal: the last one, if it is one. */
export async function sealFrame(packed: PackedSource): Promise<FramePlace | undefined> {
  const [last] = packed.table.frames(Math.max(0, packed.table.frameCount - 1));
  if (last === undefined || last.lengthBytes > 0 || last.packedBytes < SKIPPABLE_HEADER_BYTES)
    return undefined;
  const head = new Uint8Array(4);
  await packed.readPacked(head, last.packedOffset);
  return viewOf(head).getUint32(0, true) === SKIPPABLE_MAGIC + SEAL_KIND ? last : undefined;
}

/** The bytes of a packed file itself. Closing it closes the packed file. */
export function packedFile({ name, packedBytes, readPacked, close }: PackedSource): ByteSource {
  return { name, sizeBytes: packedBytes, read: readPacked, close };
}
