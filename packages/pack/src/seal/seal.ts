import { MappedRamError } from '@mapped-ram/format';
import type { ByteSource } from '@mapped-ram/reader';
import { viewOf } from '../zstd/skippable-frame.js';
import { HASH_BYTES, VERITY_BLOCK_BYTES } from './verity.js';

/** `mr seal` and the version of the seal (SEAL-2). */
const SEAL_MAGIC = new TextEncoder().encode('MRSEAL\0\x01');

/** Magic, size of the file, digest. */
export const SEAL_HEAD_BYTES = 8 + 8 + HASH_BYTES;

/** The length of the signature, behind it. */
const TAIL_BYTES = 4;
const MAX_SIGNATURE_BYTES = 64 * 1024;

/** First block, and how many hashes follow. */
const RECORD_BYTES = 12;

/** Hashes in a record, at most. */
export const MAX_RECORD_HASHES = 4096;

/** What a seal says of a file, but for the hashes of its blocks. */
export interface Seal {
  readonly sizeBytes: number;
  /** fs-verity's: 32 bytes. */
  readonly digest: Uint8Array;
  /** An SSH signature of {@link sealMessage}, armored; empty where it is not signed. */
  readonly signature: string;
}

/** Hashes of consecutive blocks that are not zero. */
export interface SealRecord {
  readonly firstBlock: number;
  readonly hashes: Uint8Array;
}

/** What a seal begins with. */
export function encodeSealHead({ sizeBytes, digest }: Pick<Seal, 'sizeBytes' | 'digest'>): Uint8Array {
  const head = new Uint8Array(SEAL_HEAD_BYTES);
  head.set(SEAL_MAGIC);
  viewOf(head).setBigUint64(8, BigInt(sizeBytes), true);
  head.set(digest, 16);
  return head;
}

/** What a seal ends with. */
export function encodeSealTail(signature: string): Uint8Array {
  const text = new TextEncoder().encode(signature);
  const tail = new Uint8Array(text.length + TAIL_BYTES);
  tail.set(text);
  viewOf(tail).setUint32(text.length, text.length, true);
  return tail;
}

/** A record; without hashes, the last one. */
export function encodeSealRecord({ firstBlock, hashes }: SealRecord): Uint8Array {
  const record = new Uint8Array(RECORD_BYTES + hashes.length);
  const view = viewOf(record);
  view.setBigUint64(0, BigInt(firstBlock), true);
  view.setUint32(8, hashes.length / HASH_BYTES, true);
  record.set(hashes, RECORD_BYTES);
  return record;
}

/** A seal that is read. */
export interface OpenSeal extends Seal {
  /** In ascending order. @throws MappedRamError `bad-seal` */
  records(): AsyncGenerator<SealRecord, void, undefined>;
}

/**
 * Opens a seal. Its hashes are read as they are needed.
 *
 * @param byteOffset Where it begins in the source.
 * @param endOffset Where it ends.
 * @throws MappedRamError `bad-seal`, `limit-exceeded`, `read-failed`.
 */
export async function openSeal(
  source: ByteSource,
  byteOffset = 0,
  endOffset = source.sizeBytes,
): Promise<OpenSeal> {
  const read = async (lengthBytes: number, at: number): Promise<Uint8Array> => {
    const bytes = new Uint8Array(lengthBytes);
    if (at + lengthBytes > endOffset || (await source.read(bytes, at)) < lengthBytes) {
      throw badSeal('ends too early', at);
    }
    return bytes;
  };
  const fixed = await read(SEAL_HEAD_BYTES, byteOffset);
  if (!SEAL_MAGIC.every((byte, index) => fixed[index] === byte)) throw badSeal('is none', byteOffset);
  const view = viewOf(fixed);
  const size = view.getBigUint64(8, true);
  if (size > BigInt(Number.MAX_SAFE_INTEGER)) throw badSeal('is of an impossible size', byteOffset + 8);
  const signatureBytes = viewOf(await read(TAIL_BYTES, endOffset - TAIL_BYTES)).getUint32(0, true);
  if (signatureBytes > MAX_SIGNATURE_BYTES) {
    throw new MappedRamError('limit-exceeded', { what: 'the signature is too long', actual: signatureBytes });
  }
  const recordsEnd = endOffset - TAIL_BYTES - signatureBytes;
  if (recordsEnd < byteOffset + SEAL_HEAD_BYTES) throw badSeal('ends too early', byteOffset);
  const signature = new TextDecoder().decode(await read(signatureBytes, recordsEnd));
  const sizeBytes = Number(size);
  const blockCount = Math.ceil(sizeBytes / VERITY_BLOCK_BYTES);

  async function* records(): AsyncGenerator<SealRecord, void, undefined> {
    let at = byteOffset + SEAL_HEAD_BYTES;
    let next = 0;
    for (;;) {
      const record = viewOf(await read(RECORD_BYTES, at));
      const firstBlock = Number(record.getBigUint64(0, true));
      const count = record.getUint32(8, true);
      const isInOrder = firstBlock >= next && firstBlock + count <= blockCount;
      if (!isInOrder || count > MAX_RECORD_HASHES) throw badSeal('has records out of order', at);
      at += RECORD_BYTES;
      if (count === 0) {
        if (firstBlock !== blockCount || at !== recordsEnd) throw badSeal('ends where it should not', at);
        return;
      }
      yield { firstBlock, hashes: await read(count * HASH_BYTES, at) };
      at += count * HASH_BYTES;
      next = firstBlock + count;
    }
  }
  return { sizeBytes, digest: fixed.slice(16, 16 + HASH_BYTES), signature, records };
}

function badSeal(what: string, byteOffset: number): MappedRamError {
  return new MappedRamError('bad-seal', { what: `the seal ${what}`, byteOffset });
}
