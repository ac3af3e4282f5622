import { lstatSync } from 'node:fs';
import { openCodec } from '@mapped-ram/pack/codec';
import type { ByteSource } from '@mapped-ram/reader';
import { openFileSource } from '@mapped-ram/reader/file';
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

/** A file and its seal. */
export interface SealedFile {
  /** The file; where it is packed, what was packed. */
  readonly source: ByteSource;
  /** Where it is packed. */
  readonly packed?: PackedSource | undefined;
  /** Undefined where there is none. */
  readonly seal?: OpenSeal | undefined;
  close(): Promise<void>;
}

/**
 * Opens a file with its seal: the one beside it, or in a packed file the one within.
 *
 * @throws MappedRamError `read-failed`, `bad-seal`, `bad-packed-file`.
 */
export async function openSealed(path: string, besidePath = sealPath(path)): Promise<SealedFile> {
  const file = await openFileSource(path);
  const opened: ByteSource[] = [file];
  const close = async () => {
    for (const source of opened) await source.close();
  };
  try {
    const head = new Uint8Array(64);
    const filled = await file.read(head, 0);
    if (isPacked(head.subarray(0, filled))) {
      const packed = await openPacked(file, await openCodec());
      const frame = await sealFrame(packed, file);
      const seal = frame && (await openSeal(file, frame.packedOffset + SKIPPABLE_HEADER_BYTES, endOf(frame)));
      return { source: packed, packed, seal, close };
    }
    if (lstatSync(besidePath, { throwIfNoEntry: false }) === undefined) return { source: file, close };
    const beside = await openFileSource(besidePath);
    opened.push(beside);
    return { source: file, seal: await openSeal(beside), close };
  } catch (error) {
    await close();
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

function endOf({ packedOffset, packedBytes }: FramePlace): number {
  return packedOffset + packedBytes;
}
