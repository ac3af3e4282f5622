import type { RamBlock } from '@mapped-ram/reader';

/**
 * Memory that QEMU makes for firmware and displays of its own on machines that put no device's path in front: what is in it comes
 * from an image or is drawn again (QEMU 10.0 to 11.1, `memory_region_init_ram` and `_rom` in hw/).
 */
const OWN_MEMORY = /\.(bios|m?rom|vram|flash\d*)$|^(isa-bios|vga|pflash|tpm-ppi)/;

/** The same behind a device's path, such as `0000:00:02.0/vga.vram`; anything else there is a user's backend. */
const DEVICE_MEMORY = /\.(v?rom|\w*vram|vgamem|fifo|local|bios)$|-vram$|^(tpm-ppi|nvram)$/;

/** What QEMU hands to firmware (hw/core/loader.c, `rom_add_blob`: `/rom@` and the name of the file). */
const FIRMWARE_FILE = /^\/rom@/;

/** A user's memory backend under its whole path, as machine types before 4.1 name it (backends/hostmem.c). */
const OBJECT_PATH = /^\/objects\//;

/**
 * Whether a block is guest memory: main RAM, a NUMA node, a DIMM, virtio-mem, any other backend of the user's. The others are a
 * device's or firmware's, which the destination may fill itself. A block that nothing is known of counts as guest memory, so that
 * its loss is not passed over.
 */
export function isGuestMemory({ idstr }: Pick<RamBlock, 'idstr'>): boolean {
  if (OBJECT_PATH.test(idstr)) return true;
  if (FIRMWARE_FILE.test(idstr)) return false;
  const slash = idstr.lastIndexOf('/');
  return slash < 0 ? !OWN_MEMORY.test(idstr) : !DEVICE_MEMORY.test(idstr.slice(slash + 1));
}

/** Blocks whose memory is in the file. */
export function storedBlocks(blocks: readonly RamBlock[]): RamBlock[] {
  return blocks.filter(({ ignored, pageCount }) => !ignored && pageCount > 0);
}
