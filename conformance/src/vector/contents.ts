import { createHash } from 'node:crypto';
import { type ByteSource, openSnapshot, type RamBlock, type Snapshot } from '@mapped-ram/reader';
import type { ExpectedBlock } from './vector.js';

const CHUNK_BYTES = 1024 * 1024;

/**
 * The RAM blocks of a good file with a hash over the memory of each.
 *
 * @throws MappedRamError where the file is not good.
 */
export async function readContents(
  source: ByteSource,
  options: { readonly streamOffset?: number } = {},
): Promise<ExpectedBlock[]> {
  const snapshot = await openSnapshot(source, options);
  const blocks: ExpectedBlock[] = [];
  for (const block of snapshot.ramBlocks) {
    blocks.push({
      id: block.idstr,
      usedLength: block.usedLength,
      pageSize: block.pageSize,
      setPages: block.ignored ? 0 : await snapshot.countSetPages(block),
      sha256: await hashMemory(snapshot, block),
    });
  }
  return blocks;
}

async function hashMemory(snapshot: Snapshot, block: RamBlock): Promise<string> {
  const hash = createHash('sha256');
  const chunk = new Uint8Array(CHUNK_BYTES);
  const lengthBytes = block.ignored ? 0 : block.pageCount * block.pageSize;
  for (let at = 0; at < lengthBytes; at += CHUNK_BYTES) {
    const part = chunk.subarray(0, Math.min(CHUNK_BYTES, lengthBytes - at));
    await snapshot.readPages(block, at / block.pageSize, part);
    hash.update(part);
  }
  return hash.digest('hex');
}
