import { bitmapIsInside, findSaveManner, gatherBitmapFacts, readLibvirtDomain } from '@mapped-ram/facts';
import { anySet, bitmapLengthBytes } from '@mapped-ram/format';
import type { ByteSource, Snapshot } from '@mapped-ram/reader';
import type { LintContext } from './context.js';
import { neededBytes } from './facts/allocation.js';
import { gatherDeviceFacts } from './facts/device-facts.js';
import { explainNoStream } from './facts/no-stream.js';
import { type FactsInProgress, type GatherOptions, PagesGatherer } from './gather-pages.js';
import type { RestoreTarget } from './target.js';

/**
 * A damaged file can name many bitmaps that lie over each other; no real one has more than this, which stands for
 * 256 TiB of memory in 4 KiB pages.
 */
const MAX_BITMAP_BYTES = 8 * 2 ** 30;

/** Blocks of 4 GiB, with pages of 4 KiB. */
const MAX_OVERSIZED_PAGES = 2n ** 20n;

/** Looks at the file once for all rules: at bitmaps always, at pages in a deep run. */
export async function gatherContext(
  snapshot: Snapshot,
  source: ByteSource,
  target: RestoreTarget,
  options: GatherOptions,
): Promise<LintContext> {
  const { sizeBytes, allocatedBytes } = source;
  const blocks = await gatherBlocks(snapshot, sizeBytes);
  const needed = neededBytes(sizeBytes, blocks);
  const manner = await findSaveManner(snapshot, source);
  const pages = new PagesGatherer(snapshot, source, blocks, manner, options);
  await (options.deep === true ? pages.lookDeep() : pages.lookQuickly(needed));
  const isEmpty = await hasEmptyOversizedBlock(snapshot, source);
  const domain = await readLibvirtDomain(snapshot, source);
  const hasStream = snapshot.streamVersion !== undefined;
  const noStream = hasStream ? {} : await explainNoStream(source);
  const devices = await gatherDeviceFacts(snapshot);
  const seal = await options.seal?.();
  return {
    snapshot,
    file: {
      name: source.name,
      sizeBytes,
      isVmState: source.isVmState ?? false,
      dirtyBitmaps: source.dirtyBitmaps ?? 0,
      ...(allocatedBytes !== undefined && { allocatedBytes }),
      ...(needed !== undefined && { neededBytes: needed }),
      ...noStream,
    },
    target,
    manner,
    deep: options.deep ?? false,
    mappedRam: options.mappedRam ?? false,
    blocks,
    devices,
    ...(domain !== undefined && { domain }),
    ...(seal !== undefined && { seal }),
    ...(isEmpty !== undefined && { oversizedBlockIsEmpty: isEmpty }),
  };
}

/**
 * Whether no page of a block with a number beyond reason is set.
 *
 * @returns undefined where its bitmap is not in the file, or a large one: then some page may be.
 */
async function hasEmptyOversizedBlock(
  { oversizedBlock, wordOrder }: Snapshot,
  source: ByteSource,
): Promise<boolean | undefined> {
  if (oversizedBlock === undefined) return undefined;
  const { usedLength, pageSize, bitmapOffset } = oversizedBlock;
  const pages = pageSize === 0n ? 0n : usedLength / pageSize;
  if (pages === 0n || pages > MAX_OVERSIZED_PAGES) return undefined;
  const byteOffset = Number(bitmapOffset);
  const bytes = new Uint8Array(bitmapLengthBytes(Number(pages)));
  if (byteOffset + bytes.length > source.sizeBytes) return undefined;
  await source.read(bytes, byteOffset);
  return !anySet(bytes, Number(pages), wordOrder);
}

async function gatherBlocks(snapshot: Snapshot, fileSizeBytes: number): Promise<FactsInProgress[]> {
  const all: FactsInProgress[] = [];
  let bitmapBytes = 0;
  for (const [index, block] of snapshot.ramBlocks.entries()) {
    const facts: FactsInProgress = { block, where: `ram.blocks[${index}]` };
    all.push(facts);
    if (!bitmapIsInside(block, fileSizeBytes) || bitmapBytes + block.bitmapLengthBytes > MAX_BITMAP_BYTES)
      continue;
    bitmapBytes += block.bitmapLengthBytes;
    facts.bitmap = await gatherBitmapFacts(snapshot, block);
  }
  return all;
}
