import { findMainRam, findMemoryBackends, objectIdOf } from '@mapped-ram/facts';
import type { RamBlock } from '@mapped-ram/reader';

/** Which blocks are mapped into a clone, and which of them is the machine's main RAM. */
export interface BlockChoice {
  readonly mapped: readonly RamBlock[];
  /** The block that `-machine memory-backend=` names; absent where the memory is in NUMA nodes or cannot be told. */
  readonly mainRam?: RamBlock | undefined;
}

/** What the rule cannot know, or what the user wants otherwise. */
export interface BlockWishes {
  /** The ids of exactly those blocks that shall be mapped; by default, all that were memory backends. */
  readonly blocks?: readonly string[] | undefined;
  /** The id of the block that is the machine's main RAM, `none` if the machine has none; by default, told by the names. */
  readonly mainRam?: string | undefined;
}

/**
 * Chooses the blocks that are mapped.
 *
 * @param machine Machine type.
 * @throws RangeError where a wish names a block that is not there or that no memory backend can stand for.
 */
export function chooseBlocks(
  blocks: readonly RamBlock[],
  machine: string | undefined,
  wishes: BlockWishes = {},
): BlockChoice {
  const mapped =
    wishes.blocks?.map((idstr) => findBackend(blocks, idstr)) ?? findMemoryBackends(blocks, machine);
  if (wishes.mainRam === 'none') return { mapped };
  if (wishes.mainRam !== undefined) return { mapped, mainRam: findBackend(mapped, wishes.mainRam) };
  return { mapped, mainRam: findMainRam(mapped) };
}

function findBackend(blocks: readonly RamBlock[], idstr: string): RamBlock {
  const block = blocks.find((candidate) => candidate.idstr === idstr);
  if (block === undefined) {
    throw new RangeError(`there is no block ${idstr} among ${blocks.map((one) => one.idstr).join(', ')}`);
  }
  if (objectIdOf(block) === undefined) {
    throw new RangeError(`${idstr} is a device's block: no memory backend can be it`);
  }
  return block;
}
