/** The most channels there can be: as many as QEMU's parameter `multifd-channels` takes (QEMU 9.0 to 11.1). */
export const MAX_CHANNELS = 255;
