import { createPageScanner } from '@mapped-ram/format';
import { type ByteSource, extentsOf } from '@mapped-ram/reader';
import { hashBlock, VERITY_BLOCK_BYTES } from './verity.js';

const PIECE_BYTES = 1024 * 1024;

/** Told of the blocks of a file, one after another. */
export interface BlockVisitor {
  /** @param bytes The block, filled up with zeros; valid during the call */
  block(index: number, blockHash: Uint8Array, bytes: Uint8Array): void;
  zeros(index: number, count: number): void;
  /** Waited for after each piece of the file, and at its end. */
  settle?(): Promise<void>;
}

/** How far a work is. */
export interface HashOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: { doneBytes: number; totalBytes: number }) => void) | undefined;
}

/**
 * Hashes every block of a file that is not zero. Holes are not read.
 *
 * @throws MappedRamError `read-failed`; the signal's reason.
 */
export async function hashSource(
  source: ByteSource,
  visitor: BlockVisitor,
  { signal, onProgress }: HashOptions = {},
): Promise<void> {
  const totalBytes = source.sizeBytes;
  for await (const doneBytes of hashPieces(source, visitor, signal)) onProgress?.({ doneBytes, totalBytes });
}

/**
 * The same a piece at a time: what asks for the next one decides how far it goes.
 *
 * @returns Yields up to which offset the visitor was told of everything.
 */
export async function* hashPieces(
  source: ByteSource,
  visitor: BlockVisitor,
  signal?: AbortSignal,
): AsyncGenerator<number, void, undefined> {
  const { sizeBytes } = source;
  const scanner = createPageScanner({ pageSize: VERITY_BLOCK_BYTES, bufferLengthBytes: PIECE_BYTES });
  const { buffer, nonZeroBits } = scanner;
  const blockCount = Math.ceil(sizeBytes / VERITY_BLOCK_BYTES);
  let next = 0;
  let zeros = 0;
  const skipTo = (index: number) => {
    zeros += index - next;
    next = index;
  };
  const endZeros = () => {
    if (zeros > 0) visitor.zeros(next - zeros, zeros);
    zeros = 0;
  };
  for (const extent of extentsOf(source, 0, sizeBytes)) {
    const end = Math.min(
      blockCount,
      Math.ceil((extent.byteOffset + extent.lengthBytes) / VERITY_BLOCK_BYTES),
    );
    skipTo(Math.max(next, Math.floor(extent.byteOffset / VERITY_BLOCK_BYTES)));
    while (next < end) {
      signal?.throwIfAborted();
      const from = next * VERITY_BLOCK_BYTES;
      const blocks = Math.min(end - next, PIECE_BYTES / VERITY_BLOCK_BYTES);
      const room = blocks * VERITY_BLOCK_BYTES;
      const filled = await source.read(buffer.subarray(0, Math.min(room, sizeBytes - from)), from);
      buffer.fill(0, filled, room);
      scanner.scan(0, blocks);
      for (let index = 0; index < blocks; index++) {
        if ((((nonZeroBits[index >> 3] as number) >> (index & 7)) & 1) === 0) {
          skipTo(next + 1);
          continue;
        }
        endZeros();
        const bytes = buffer.subarray(index * VERITY_BLOCK_BYTES, (index + 1) * VERITY_BLOCK_BYTES);
        visitor.block(next, hashBlock(bytes), bytes);
        next++;
      }
      await visitor.settle?.();
      yield Math.min(next * VERITY_BLOCK_BYTES, sizeBytes);
    }
  }
  skipTo(blockCount);
  endZeros();
  await visitor.settle?.();
}
