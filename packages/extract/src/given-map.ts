import { type PhysicalRange, stackLayers } from '@mapped-ram/facts';
import type { RamBlock } from '@mapped-ram/reader';

/** A stretch of guest-physical addresses as a user gives it. */
export interface GivenRange {
  readonly address: bigint;
  /** idstr */
  readonly block: string;
  /** Where in the block it begins, in bytes; 0 if not given. */
  readonly blockOffset?: number | undefined;
  /** To the block's end if not given. */
  readonly lengthBytes?: number | undefined;
}

/**
 * Finds the blocks of a map that was given. Where ranges overlap, the later one is on top.
 *
 * @throws RangeError where a block is not there or not so long.
 */
export function resolveMap(blocks: readonly RamBlock[], given: readonly GivenRange[]): PhysicalRange[] {
  return stackLayers(given.map((range) => resolveRange(blocks, range)));
}

function resolveRange(blocks: readonly RamBlock[], given: GivenRange): PhysicalRange {
  const block = blocks.find(({ idstr }) => idstr === given.block);
  if (block === undefined) throw new RangeError(`there is no block ${given.block} in the snapshot`);
  const { address, blockOffset = 0, lengthBytes = block.usedLength - blockOffset } = given;
  if (lengthBytes <= 0 || blockOffset + lengthBytes > block.usedLength) {
    throw new RangeError(
      `${given.block} has ${block.usedLength} bytes, not ${lengthBytes} from ${blockOffset} on`,
    );
  }
  return { address, lengthBytes, block, blockOffset };
}
