import { MappedRamError } from '@mapped-ram/format';
import type { Codec } from '../codec/codec.js';
import { frameBound } from '../codec/codec.js';
import { checkFrame } from '../zstd/check-frame.js';
import type { ContentChecksum } from '../zstd/content-checksum.js';
import { frameLength } from '../zstd/frame-header.js';
import { SKIPPABLE_HEADER_BYTES, SKIPPABLE_MAGIC, skippableFrame, viewOf } from '../zstd/skippable-frame.js';

/** `mr pack` and the version of the lead (PACK-10). */
const MAGIC = new TextEncoder().encode('MRPACK\0\x01');

/** Kind of the skippable frame. */
const LEAD_KIND = 0;

/** Magic, checksum of what follows, size of the file, length of a frame, extents, length of what is held. */
const FIXED_BYTES = 8 + 4 + 8 + 4 + 4 + 4;
const EXTENT_BYTES = 16;

/** Bytes of a packed file that tell whether it begins with a lead. */
export const LEAD_HEAD_BYTES = SKIPPABLE_HEADER_BYTES + MAGIC.length;

/** What is held is in pieces of this, each a frame. */
const PIECE_BYTES = 1024 * 1024;

/** The most that a lead holds, in the file that was packed and so in memory: the bitmaps of 2 TiB. */
export const MAX_LEAD_BYTES = 64 * 1024 * 1024;

const MAX_EXTENTS = 65_536;

/** A stretch of the file that was packed, and its bytes. */
export interface LeadExtent {
  readonly byteOffset: number;
  readonly bytes: Uint8Array;
}

/** What a reader needs first. */
export interface Lead {
  /** Length of the file that was packed. */
  readonly sizeBytes: number;
  /** Contents of a frame, at most. */
  readonly frameBytes: number;
  /** In ascending order; none touches another. */
  readonly extents: readonly LeadExtent[];
}

/** Puts a lead into its skippable frame. */
export function encodeLead(lead: Lead, codec: Codec, checksum: ContentChecksum, level: number): Uint8Array {
  const { extents } = lead;
  const held = concat(extents.map(({ bytes }) => bytes));
  const head = new Uint8Array(FIXED_BYTES + extents.length * EXTENT_BYTES);
  const view = viewOf(head);
  head.set(MAGIC);
  setUint64(view, 12, lead.sizeBytes);
  view.setUint32(20, lead.frameBytes, true);
  view.setUint32(24, extents.length, true);
  view.setUint32(28, held.length, true);
  for (const [index, { byteOffset, bytes }] of extents.entries()) {
    setUint64(view, FIXED_BYTES + index * EXTENT_BYTES, byteOffset);
    setUint64(view, FIXED_BYTES + index * EXTENT_BYTES + 8, bytes.length);
  }
  view.setUint32(8, checksum.of(head.subarray(12)), true);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < held.length; at += PIECE_BYTES) {
    const piece = held.subarray(at, at + PIECE_BYTES);
    const room = new Uint8Array(frameBound(piece.length));
    pieces.push(room.slice(0, codec.compress(piece, level, room)));
  }
  return skippableFrame(LEAD_KIND, head, ...pieces);
}

/**
 * Length of the lead that a packed file begins with.
 *
 * @param head At least {@link LEAD_HEAD_BYTES} bytes.
 * @returns undefined where there is none.
 */
export function leadLength(head: Uint8Array): number | undefined {
  if (head.length < LEAD_HEAD_BYTES) return undefined;
  const view = viewOf(head);
  if (view.getUint32(0, true) !== SKIPPABLE_MAGIC + LEAD_KIND) return undefined;
  const isLead = MAGIC.every((byte, index) => head[SKIPPABLE_HEADER_BYTES + index] === byte);
  return isLead ? SKIPPABLE_HEADER_BYTES + view.getUint32(4, true) : undefined;
}

/** No lead is longer: what it holds may not be compressible. */
export const MAX_LEAD_LENGTH_BYTES =
  SKIPPABLE_HEADER_BYTES + FIXED_BYTES + MAX_EXTENTS * EXTENT_BYTES + frameBound(MAX_LEAD_BYTES) + 64 * 1024;

/**
 * Takes a lead apart.
 *
 * @param frame The skippable frame, whole.
 * @throws MappedRamError `bad-packed-file`, `limit-exceeded`.
 */
export function decodeLead(frame: Uint8Array, codec: Codec, checksum: ContentChecksum): Lead {
  const body = frame.subarray(SKIPPABLE_HEADER_BYTES);
  if (body.length < FIXED_BYTES) throw badLead('ends too early');
  const view = viewOf(body);
  const extentCount = view.getUint32(24, true);
  const heldBytes = view.getUint32(28, true);
  if (extentCount > MAX_EXTENTS || heldBytes > MAX_LEAD_BYTES) {
    throw new MappedRamError('limit-exceeded', { what: 'the lead holds too much', path: 'lead' });
  }
  const headBytes = FIXED_BYTES + extentCount * EXTENT_BYTES;
  if (body.length < headBytes) throw badLead('ends too early');
  if (checksum.of(body.subarray(12, headBytes)) !== view.getUint32(8, true)) throw badLead('is damaged');
  const sizeBytes = getUint64(view, 12);
  const extents: LeadExtent[] = [];
  const held = decodeHeld(body.subarray(headBytes), heldBytes, codec);
  let end = -1;
  let at = 0;
  for (let index = 0; index < extentCount; index++) {
    const byteOffset = getUint64(view, FIXED_BYTES + index * EXTENT_BYTES);
    const lengthBytes = getUint64(view, FIXED_BYTES + index * EXTENT_BYTES + 8);
    if (byteOffset <= end || lengthBytes === 0) throw badLead('has extents out of order');
    end = byteOffset + lengthBytes;
    if (end > sizeBytes || at + lengthBytes > held.length) throw badLead('has an extent outside the file');
    extents.push({ byteOffset, bytes: held.subarray(at, at + lengthBytes) });
    at += lengthBytes;
  }
  if (at !== held.length) throw badLead('holds more than its extents');
  return { sizeBytes, frameBytes: view.getUint32(20, true), extents };
}

/** The extents of a lead from the one on that holds a byte of the file, or else the next one. */
export function* extentsFrom({ extents }: Lead, byteOffset: number): Generator<LeadExtent, void> {
  let low = 0;
  let high = extents.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const extent = extents[middle] as LeadExtent;
    if (extent.byteOffset + extent.bytes.length <= byteOffset) low = middle + 1;
    else high = middle;
  }
  for (let index = low; index < extents.length; index++) yield extents[index] as LeadExtent;
}

function decodeHeld(frames: Uint8Array, heldBytes: number, codec: Codec): Uint8Array {
  const held = new Uint8Array(heldBytes);
  let at = 0;
  let rest = frames;
  while (at < heldBytes) {
    const piece = held.subarray(at, at + PIECE_BYTES);
    const length = frameLength(rest);
    const frame = rest.subarray(0, length);
    checkFrame(frame, piece.length);
    codec.decompress(frame, piece);
    at += piece.length;
    rest = rest.subarray(length);
  }
  if (rest.length > 0) throw badLead('is longer than what it holds');
  return held;
}

function badLead(what: string): MappedRamError {
  return new MappedRamError('bad-packed-file', { what: `the lead ${what}`, path: 'lead', byteOffset: 0 });
}

function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

function setUint64(view: DataView, at: number, value: number): void {
  view.setBigUint64(at, BigInt(value), true);
}

function getUint64(view: DataView, at: number): number {
  const value = view.getBigUint64(at, true);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new MappedRamError('value-too-large', { path: 'lead', byteOffset: at, actual: value });
  }
  return Number(value);
}
