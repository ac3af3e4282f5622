/**
 * How much of anything a file may ask for before memory or time is spent on it. A file beyond a limit is
 * reported as `limit-exceeded`; nothing that QEMU writes comes near one.
 */
export const Limits = {
  /** idstr and every other name with a one-byte length: more cannot be written. */
  idstrLengthBytes: 255,
  /** The machine type's name has a 32-bit length; the longest real one is below 40 bytes. */
  machineNameLengthBytes: 4096,
  /** QEMU knows a few dozen capabilities and lists only those that the destination validates. */
  capabilities: 1024,
  /** Configuration subsections: QEMU has four. */
  configurationSubsections: 64,
  /** The JSON is some 100 KiB for a large machine, and has to be held whole to be parsed. */
  vmdescriptionLengthBytes: 16 * 1024 * 1024,
  /** A live save that goes on for hours writes a PART each iteration; some bytes of memory each. */
  sections: 100_000,
  /** One for each memory backend, ROM and device memory; machines have tens, at most some hundreds. */
  ramBlocks: 65_536,
  /** Words in one ram section's body; QEMU writes one or two. */
  ramWords: 65_536,
  /** The smallest page that any QEMU target has is 256 bytes (avr). */
  minPageSizeBytes: 0x100,
  /** No QEMU target has a larger one than 64 KiB. */
  maxPageSizeBytes: 0x10000,
} as const;
