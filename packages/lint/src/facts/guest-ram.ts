import type { RamBlock } from '@mapped-ram/reader';
import type { BlockFacts, LintContext } from '../context.js';

/** idstrs of firmware and of display memory on machines that put no device path in front. */
const DEVICE_MEMORY = /\/|\.(bios|rom|vram|flash\d*|ram\.low)$|^(vga|pflash)/;

/** Whether a block is the memory of a device or a firmware image, which the destination may fill itself. */
export function isDeviceMemory({ idstr }: Pick<RamBlock, 'idstr'>): boolean {
  return DEVICE_MEMORY.test(idstr);
}

/**
 * The block that is most probably the guest's main memory: the largest whose name is not that of a device or a
 * firmware image. A running guest's is never all zeros, while a device's memory may well be.
 */
export function mainRam({ blocks }: LintContext): BlockFacts | undefined {
  const candidates = blocks.filter(({ block }) => !isDeviceMemory(block) && !block.ignored);
  return candidates.reduce<BlockFacts | undefined>(
    (largest, facts) =>
      largest === undefined || facts.block.usedLength > largest.block.usedLength ? facts : largest,
    undefined,
  );
}
