/** How much a QMP peer may send before it is held for something else. QEMU comes near none of it. */
export const QmpLimits = {
  /** The longest answers (`query-qmp-schema`) have some 300 KB; of machines with thousands of disks, some megabytes. */
  messageLengthBytes: 16 * 1024 * 1024,
  /** What QEMU's own parser takes (qobject/json-streamer.c, `MAX_NESTING`). */
  jsonDepth: 1024,
} as const;
