import { lstatSync } from 'node:fs';
import { openCodec } from '@mapped-ram/pack/codec';
import type { ByteSource } from '@mapped-ram/reader';
import { openFileSource } from '@mapped-ram/reader/file';
import { frameSource } from '../lead/frame-source.js';
import { isPacked, openPacked, type PackedSource } from '../packed-source.js';
import type { FramePlace } from '../zstd/seek-table.js';
import { SKIPPABLE_HEADER_BYTES, SKIPPABLE_MAGIC, viewOf } from '../zstd/skippable-frame.js';
import { type OpenSeal, openSeal } from './seal.js';

/** Kind of the skippable frame that a seal travels in. */
export const SEAL_KIND = 1;

/** Where the seal of a plain file lies. */
export function sealPath(path: string): string {
  return `${path}.seal`;
}

/** A file that can have a seal. */
export interface SealableFile {
  /** What a seal is of: the file; where it is packed, what was packed, out of the frames. */
  readonly source: ByteSource;
  /** The file itself. */
  readonly file: ByteSource;
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
    const head = new Uint8Array(64);
    const filled = await file.read(head, 0);
    if (!isPacked(head.subarray(0, filled))) return { source: file, file, close };
    const packed = await openPacked(file, await openCodec());
    return { source: frameSource(packed), file, packed, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The seal of a file. */
export interface FoundSeal {
  readonly seal: OpenSeal;
  close(): Promise<void>;
}

/**
 * Finds the seal of a file: the one beside it, or in a packed file the one within.
 *
 * @param besidePath Where it lies beside a plain file.
 * @returns undefined where there is none.
 * @throws MappedRamError `read-failed`, `bad-seal`, `limit-exceeded`.
 */
export async function findSeal(
  { file, packed }: SealableFile,
  besidePath: string,
): Promise<FoundSeal | undefined> {
  if (packed !== undefined) {
    const frame = await sealFrame(packed, file);
    if (frame === undefined) return undefined;
    const { packedOffset, packedBytes } = frame;
    const seal = await openSeal(file, packedOffset + SKIPPABLE_HEADER_BYTES, packedOffset + packedBytes);
    return { seal, close: async () => {} };
  }
  if (lstatSync(besidePath, { throwIfNoEntry: false }) === undefined) return undefined;
  const beside = await openFileSource(besidePath);
  try {
    return { seal: await openSeal(beside), close: () => beside.close() };
  } catch (error) {
    await beside.close();
    throw error;
  }
}

/** The frame with the seal: the last one, if it is one. */
export async function sealFrame(packed: PackedSource, file: ByteSource): Promise<FramePlace | undefined> {
  const [last] = packed.table.frames(Math.max(0, packed.table.frameCount - 1));
  if (last === undefined || last.lengthBytes > 0 || last.packedBytes < SKIPPABLE_HEADER_BYTES)
    return undefined;
  const head = new Uint8Array(4);
  await file.read(head, last.packedOffset);
  return viewOf(head).getUint32(0, true) === SKIPPABLE_MAGIC + SEAL_KIND ? last : undefined;
}
