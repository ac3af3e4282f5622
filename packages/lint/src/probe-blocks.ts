import { findData, isGuestMemory, storedBlocks } from '@mapped-ram/facts';
import type { ByteSource, RamBlock } from '@mapped-ram/reader';

/** Bytes that are read at a place. */
const PROBE_BYTES = 64 * 1024;

/** How much is read of all blocks together, in a source that does not know its holes, if nothing else is said. */
export const DEFAULT_PROBE_BYTES = 16 * PROBE_BYTES;

/**
 * Takes samples of blocks without a set bit, for data: the start of each, where firmware and kernels leave something first, and then
 * places that are spread over it. In a source that does not know its holes nothing else is cheap. What is not met may be there
 * all the same.
 *
 * @param onData Called with the place of a byte that is not zero, once a block at most.
 * @throws MappedRamError `read-failed`, `short-read`; the signal's reason.
 */
export async function probeBlocks<Facts extends { readonly block: RamBlock }>(
  source: ByteSource,
  blocks: readonly Facts[],
  probeBytes: number,
  signal: AbortSignal | undefined,
  onData: (facts: Facts, byteOffset: number) => void,
): Promise<void> {
  let left = Math.floor(probeBytes / PROBE_BYTES);
  for (const [index, facts] of blocks.entries()) {
    const { pagesOffset, usedLength } = facts.block;
    const end = Math.min(source.sizeBytes, pagesOffset + usedLength);
    const share = Math.ceil(left / (blocks.length - index));
    const count = Math.min(share, Math.ceil((end - pagesOffset) / PROBE_BYTES));
    for (let probe = 0; probe < count; probe++) {
      left--;
      const step = Math.floor((end - pagesOffset) / count / PROBE_BYTES) * PROBE_BYTES;
      const from = pagesOffset + probe * step;
      const found = await findData(source, from, Math.min(end, from + PROBE_BYTES), { signal });
      if (found === undefined) continue;
      onData(facts, found);
      break;
    }
  }
}

/**
 * Blocks in which data would change the verdict: guest memory, whose loss nobody fills again; all, where no block has a set bit,
 * for then the save itself is in question.
 */
export function blocksThatMatter<
  Facts extends { readonly block: RamBlock; readonly bitmap?: { readonly setPages: number } },
>(blocks: readonly Facts[]): Facts[] {
  const stored = new Set(storedBlocks(blocks.map(({ block }) => block)));
  const clear = blocks.filter(({ block, bitmap }) => stored.has(block) && bitmap?.setPages === 0);
  const matter = clear.length === stored.size ? clear : clear.filter(({ block }) => isGuestMemory(block));
  return matter.sort((a, b) => b.block.usedLength - a.block.usedLength);
}
