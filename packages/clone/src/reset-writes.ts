import type { RamBlock } from '@mapped-ram/reader';

const MIB = 1024 * 1024;

/** A stretch of a block's memory, in bytes from its start. */
export interface BlockRange {
  readonly offset: number;
  readonly lengthBytes: number;
}

/**
 * Where QEMU itself writes into guest memory before it loads a stream. Loading a snapshot overwrites that; a mapping does not,
 * so the state stream has to carry these pages. Seen by holding a clone's memory against what was saved (QEMU 10.0 and 11.1);
 * on x86, Arm and RISC-V nothing is written.
 */
export function writtenBeforeLoading(
  machine: string | undefined,
  { usedLength }: RamBlock,
): readonly BlockRange[] {
  // The lowcore of the first processor.
  if (machine?.startsWith('s390-ccw-virtio')) return [{ offset: 0, lengthBytes: Math.min(8192, usedLength) }];
  if (machine?.startsWith('pseries')) {
    // The device tree: 2 MiB below the end of the first block, or below 2 GiB (hw/ppc/spapr.c, `spapr_machine_reset`).
    const end = Math.min(usedLength, 2048 * MIB);
    const offset = Math.max(0, end - 2 * MIB);
    return [{ offset, lengthBytes: end - offset }];
  }
  return [];
}
