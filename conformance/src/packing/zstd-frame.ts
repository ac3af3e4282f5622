import xxhash from 'xxhash-wasm';
import { le } from './packed-mutation.js';

const MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
const MAX_BLOCK_BYTES = 128 * 1024;

const { h64Raw } = await xxhash();

/** The checksum of contents: the low half of their XXH64. */
export function checksumOf(contents: Uint8Array): number {
  return Number(h64Raw(contents) & 0xffffffffn);
}

/** What a frame's header says (RFC 8878, 3.1.1.1). */
export interface HeaderFields {
  /** Length of the contents; undefined for a frame that does not tell. */
  readonly contentBytes?: number;
  /** The window's descriptor; a single segment without. */
  readonly window?: number;
  readonly dictionaryId?: number;
  readonly hasChecksum?: boolean;
  readonly reservedBit?: boolean;
}

/** A frame's header: a content size of 8 bytes where there is one, a dictionary of 1 byte where there is one. */
export function frameHeader(fields: HeaderFields): Buffer {
  const { contentBytes, window, dictionaryId, hasChecksum = true, reservedBit = false } = fields;
  const descriptor =
    (contentBytes === undefined ? 0 : 0xc0) |
    (window === undefined ? 0x20 : 0) |
    (reservedBit ? 0x08 : 0) |
    (hasChecksum ? 0x04 : 0) |
    (dictionaryId === undefined ? 0 : 0x01);
  return Buffer.concat([
    le(4, MAGIC),
    Uint8Array.of(descriptor),
    ...(window === undefined ? [] : [Uint8Array.of(window)]),
    ...(dictionaryId === undefined ? [] : [Uint8Array.of(dictionaryId)]),
    ...(contentBytes === undefined ? [] : [le(8, contentBytes)]),
  ]);
}

/** Blocks that each repeat a byte. */
export function repeatedBlocks(byte: number, lengthBytes: number): Buffer {
  const blocks: Buffer[] = [];
  for (let at = 0; at < lengthBytes; at += MAX_BLOCK_BYTES) {
    const size = Math.min(MAX_BLOCK_BYTES, lengthBytes - at);
    const isLast = at + size === lengthBytes ? 1 : 0;
    blocks.push(Buffer.concat([le(3, (size << 3) | (1 << 1) | isLast), Uint8Array.of(byte)]));
  }
  return Buffer.concat(blocks);
}

/** Contents in blocks of 4 KiB, as they are, or repeated zeros. */
export function plainBlocks(contents: Uint8Array): Buffer {
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < contents.length; at += 4096) {
    const block = contents.subarray(at, at + 4096);
    const isLast = at + 4096 >= contents.length ? 1 : 0;
    const isZero = block.every((byte) => byte === 0);
    blocks.push(le(3, (block.length << 3) | ((isZero ? 1 : 0) << 1) | isLast));
    blocks.push(isZero ? Uint8Array.of(0) : block);
  }
  return Buffer.concat(blocks);
}

/** A whole frame, with the checksum of its contents. */
export function plainFrame(contents: Uint8Array, fields: HeaderFields = {}): Buffer {
  return Buffer.concat([
    frameHeader({ contentBytes: contents.length, ...fields }),
    plainBlocks(contents),
    ...(fields.hasChecksum === false ? [] : [le(4, checksumOf(contents))]),
  ]);
}

/** A skippable frame. */
export function skippableFrame(kind: number, contents: Uint8Array): Buffer {
  return Buffer.concat([le(4, SKIPPABLE_MAGIC + kind), le(4, contents.length), contents]);
}
