/** How pages of a kdump file can be compressed. */
export const kdumpCompressions = ['zlib', 'zstd', 'none'] as const;

/** One of them. */
export type KdumpCompression = (typeof kdumpCompressions)[number];
