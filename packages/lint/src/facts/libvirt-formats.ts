/** What the format field of a libvirt save header means, by number (libvirt 11.3, qemu_saveimage.h). */
export const libvirtFormats = ['raw', 'gzip', 'bzip2', 'xz', 'lzop', 'zstd', 'sparse'] as const;

/** The format of a stream as QEMU wrote it. */
export const LIBVIRT_RAW_FORMAT = 0;

/** The format by which libvirt means a mapped-ram stream. */
export const LIBVIRT_SPARSE_FORMAT = 6;

/** Whether libvirt compressed the stream with another program. */
export function isCompressedFormat(format: number): boolean {
  return format >= 1 && format < LIBVIRT_SPARSE_FORMAT;
}
