const BLOCK_BYTES = 512;
const NAME_BYTES = 100;
const CHECKSUM_OFFSET = 148;

/** A file of an archive. */
export interface ArchiveFile {
  /** With slashes; ASCII, at most 100 characters. */
  readonly path: string;
  readonly content: Uint8Array;
  readonly isExecutable?: boolean;
}

/**
 * Packs files as POSIX ustar, in the order given, with no owner and no time: the same files always give the same bytes.
 *
 * @throws RangeError where a path is too long.
 */
export function tarArchive(files: readonly ArchiveFile[]): Uint8Array {
  const parts = files.flatMap((file) => [headerOf(file), file.content, padding(file.content.length)]);
  return Buffer.concat([...parts, new Uint8Array(2 * BLOCK_BYTES)]);
}

function headerOf({ path, content, isExecutable = false }: ArchiveFile): Uint8Array {
  if (Buffer.byteLength(path) > NAME_BYTES) throw new RangeError(`${path} is too long for an archive`);
  const header = Buffer.alloc(BLOCK_BYTES);
  header.write(path, 0);
  header.write(octal(isExecutable ? 0o755 : 0o644, 7), 100);
  header.write(octal(0, 7), 108);
  header.write(octal(0, 7), 116);
  header.write(octal(content.length, 11), 124);
  header.write(octal(0, 11), 136);
  header.write('        ', CHECKSUM_OFFSET);
  header.write('0', 156);
  header.write('ustar\x0000', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${octal(sum, 6)}\0 `, CHECKSUM_OFFSET, 'latin1');
  return header;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}

function padding(lengthBytes: number): Uint8Array {
  return new Uint8Array((BLOCK_BYTES - (lengthBytes % BLOCK_BYTES)) % BLOCK_BYTES);
}
