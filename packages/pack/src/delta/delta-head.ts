import { MappedRamError } from '@mapped-ram/format';
import { type Codec, frameBound } from '../codec/codec.js';
import { HASH_BYTES, VERITY_BLOCK_BYTES } from '../seal/verity.js';
import { checkFrame } from '../zstd/check-frame.js';
import type { ContentChecksum } from '../zstd/content-checksum.js';
import { frameLength } from '../zstd/frame-header.js';
import { SKIPPABLE_HEADER_BYTES, skippableFrame, viewOf } from '../zstd/skippable-frame.js';
import { MAX_OPS, OP_BYTES } from './ops.js';

/** Kind of the skippable frame that says what a difference is made of. */
export const HEAD_KIND = 2;

/** Checksum of what follows; size and digest of the base and of the new file; number of ops. */
const FIXED_BYTES = 4 + 2 * (8 + HASH_BYTES) + 4;
const PIECE_BYTES = 1024 * 1024;

/** A file as a difference knows it. */
export interface KnownFile {
  readonly sizeBytes: number;
  /** fs-verity's: 32 bytes. */
  readonly digest: Uint8Array;
}

/** What a difference is made of. */
export interface DeltaHead {
  readonly base: KnownFile;
  readonly next: KnownFile;
  /** Encoded. */
  readonly ops: Uint8Array;
}

/** Puts a head into its skippable frame. */
export function encodeDeltaHead(
  { base, next, ops }: DeltaHead,
  codec: Codec,
  checksum: ContentChecksum,
  level: number,
): Uint8Array {
  const fixed = new Uint8Array(FIXED_BYTES);
  const view = viewOf(fixed);
  for (const [at, { sizeBytes, digest }] of [
    [4, base],
    [44, next],
  ] as const) {
    view.setBigUint64(at, BigInt(sizeBytes), true);
    fixed.set(digest, at + 8);
  }
  view.setUint32(84, ops.length / OP_BYTES, true);
  view.setUint32(0, checksum.of(fixed.subarray(4)), true);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < ops.length; at += PIECE_BYTES) {
    const piece = ops.subarray(at, at + PIECE_BYTES);
    const room = new Uint8Array(frameBound(piece.length));
    pieces.push(room.slice(0, codec.compress(piece, level, room)));
  }
  return skippableFrame(HEAD_KIND, fixed, ...pieces);
}

/**
 * Takes a head apart.
 *
 * @param frame The skippable frame, whole.
 * @throws MappedRamError `bad-delta`, `bad-packed-file`, `limit-exceeded`.
 */
export function decodeDeltaHead(frame: Uint8Array, codec: Codec, checksum: ContentChecksum): DeltaHead {
  const body = frame.subarray(SKIPPABLE_HEADER_BYTES);
  if (body.length < FIXED_BYTES) throw badHead('ends too early');
  const view = viewOf(body);
  if (checksum.of(body.subarray(4, FIXED_BYTES)) !== view.getUint32(0, true)) throw badHead('is damaged');
  const opCount = view.getUint32(84, true);
  if (opCount > MAX_OPS)
    throw new MappedRamError('limit-exceeded', { what: 'the difference has too many parts' });
  const known = (at: number): KnownFile => {
    const sizeBytes = Number(view.getBigUint64(at, true));
    if (!Number.isSafeInteger(sizeBytes)) throw badHead('tells of a file of an impossible size');
    return { sizeBytes, digest: body.slice(at + 8, at + 8 + HASH_BYTES) };
  };
  const ops = new Uint8Array(opCount * OP_BYTES);
  let rest = body.subarray(FIXED_BYTES);
  for (let at = 0; at < ops.length; at += PIECE_BYTES) {
    const piece = ops.subarray(at, at + PIECE_BYTES);
    const length = frameLength(rest);
    const packed = rest.subarray(0, length);
    // A piece of zeros is as it is already.
    if (checkFrame(packed, piece.length) === 'data') codec.decompress(packed, piece);
    rest = rest.subarray(length);
  }
  if (rest.length > 0) throw badHead('is longer than what it holds');
  return { base: known(4), next: known(44), ops };
}

/** Blocks of a file of a size. */
export function blocksOf(sizeBytes: number): number {
  return Math.ceil(sizeBytes / VERITY_BLOCK_BYTES);
}

function badHead(what: string): MappedRamError {
  return new MappedRamError('bad-delta', { what: `the head of the difference ${what}` });
}
