import { queryMemoryRanges } from '@mapped-ram/qmp';
import type { QemuVm } from '@mapped-ram/tool-qemu';
import { hasObjectPath } from '../blocks/memory-backends.js';
import type { PhysicalRange } from '../physical-map.js';

/** What a QEMU says of the RAM and ROM in its guest's memory, a line each: `0x100000 0x700000 pc.ram+0x100000`. */
export async function memoryTree(vm: QemuVm): Promise<string[]> {
  const ranges = await queryMemoryRanges(vm.qmp);
  return ranges.map(({ region, address, lengthBytes, regionOffset }) =>
    lineOf(region, BigInt(address), lengthBytes, regionOffset),
  );
}

/** A range in the same words. QEMU's memory regions have no device's path in their names. */
export function rangeLine({ address, lengthBytes, block, blockOffset }: PhysicalRange): string {
  const name = hasObjectPath(block.idstr) ? block.idstr : block.idstr.slice(block.idstr.lastIndexOf('/') + 1);
  return lineOf(name, address, lengthBytes, blockOffset);
}

function lineOf(name: string, address: bigint, length: number, offset: number): string {
  return `0x${address.toString(16)} 0x${length.toString(16)} ${name}+0x${offset.toString(16)}`;
}
