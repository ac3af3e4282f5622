/** A way in which whole files are compressed. */
export interface Compression {
  readonly name: string;
  /** What such a file begins with. */
  readonly magic: Uint8Array;
  /** Its number in the header of libvirt's save images (libvirt 11.3, qemu_saveimage.h); absent where it has none. */
  readonly libvirtFormat?: number;
  /** The program that decompresses it from standard input to standard output, and its arguments: where libvirt has a number, the one that it runs. */
  readonly command: readonly [program: string, ...args: string[]];
}

/** All that are known. */
export const compressions: readonly Compression[] = [
  { name: 'gzip', magic: Uint8Array.of(0x1f, 0x8b), libvirtFormat: 1, command: ['gzip', '-dc'] },
  { name: 'bzip2', magic: Uint8Array.of(0x42, 0x5a, 0x68), libvirtFormat: 2, command: ['bzip2', '-dc'] },
  {
    name: 'xz',
    magic: Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00),
    libvirtFormat: 3,
    command: ['xz', '-dc', '--memlimit-decompress=512MiB'],
  },
  {
    name: 'lzop',
    magic: Uint8Array.of(0x89, 0x4c, 0x5a, 0x4f, 0x00, 0x0d, 0x0a, 0x1a, 0x0a),
    libvirtFormat: 4,
    command: ['lzop', '-dc'],
  },
  { name: 'zstd', magic: Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd), libvirtFormat: 5, command: ['zstd', '-dc'] },
  { name: 'lz4', magic: Uint8Array.of(0x04, 0x22, 0x4d, 0x18), command: ['lz4', '-dc'] },
];

/** Bytes that tell a compression. */
export const COMPRESSION_MAGIC_BYTES = 9;

/** How bytes that begin like this are compressed; undefined where nothing tells that they are. */
export function compressionOf(head: Uint8Array): Compression | undefined {
  return compressions.find(({ magic }) => magic.every((byte, index) => head[index] === byte));
}
